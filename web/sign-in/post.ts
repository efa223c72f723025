import { send } from '../../src/core/ui/client.ts'

/** Asks on the way in. Rejects with the `Problem`: a form shows it. */
export async function post<T>(path: string, body: unknown): Promise<T> {
  const outcome = await send<T>({ method: 'post', path, body })
  if (outcome.ok) return outcome.value
  throw outcome.problem
}
