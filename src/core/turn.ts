/** By name, what is to end before the next may begin. Emptied by nobody: names are few. */
const turns = new Map<string, Promise<unknown>>()

/** One after another, among all of this process that are of the same name. */
export function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
  const turn = (turns.get(name) ?? Promise.resolve()).then(work)
  turns.set(
    name,
    turn.catch(() => undefined),
  )
  return turn
}
