/** What was opened, closed in reverse order: every step runs, whatever the others do. */
export class Closing {
  private readonly steps: Array<() => unknown> = []

  push(step: () => unknown): void {
    this.steps.push(step)
  }

  /** @throws what the first step threw that did, once all have run */
  async close(): Promise<void> {
    const thrown: unknown[] = []
    for (const step of this.steps.splice(0).reverse()) {
      try {
        await step()
      } catch (error) {
        thrown.push(error)
      }
    }
    if (thrown.length > 0) throw thrown[0]
  }

  /** After a failure that is told instead of any that follows from it. */
  async closeAfter(failure: unknown): Promise<never> {
    await this.close().catch(() => undefined)
    throw failure
  }
}
