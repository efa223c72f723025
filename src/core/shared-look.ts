/**
 * One look at a time for all who ask. Whoever asks while one is under way shares the next one with all
 * who do: so nobody is told how it was before he asked, and many cost no more than two. Its fields
 * belong to it alone.
 */
export class SharedLook<T> {
  private readonly look: () => Promise<T>
  private running: Promise<unknown> = Promise.resolve()
  private waiting: Promise<T> | null = null

  constructor(look: () => Promise<T>) {
    this.look = look
  }

  ask(): Promise<T> {
    this.waiting ??= this.running
      .catch(() => undefined)
      .then(() => {
        this.waiting = null
        const look = this.look()
        this.running = look
        return look
      })
    return this.waiting
  }
}
