import { createHash } from 'node:crypto'
import { OkiteError } from '../../core/error.ts'

type Known = Readonly<{ asked: string; answer: Promise<unknown> }>

/** What a button pressed twice, or a request that was sent again, may come to: minutes, for everybody. */
const knownMax = 1_000

/** By person and key. Owned by `once`; kept in memory, because the list itself knows a doing again. */
const known = new Map<string, Known>()

/**
 * Does something once for a key that its asker made up: asked again, also while it is being done, the
 * answer is the first one. What failed may be tried again.
 *
 * @throws OkiteError `DUTY_KEY_USED` when the same key asks for something else
 */
export async function once<T>(
  by: string,
  key: string,
  asked: unknown,
  work: () => Promise<T>,
): Promise<T> {
  const hash = (value: unknown) =>
    createHash('sha256').update(JSON.stringify(value)).digest('base64')
  const name = hash([by, key])
  const wanted = hash(asked)
  const before = known.get(name)
  if (before !== undefined) {
    if (before.asked !== wanted) throw new OkiteError('DUTY_KEY_USED')
    return (await before.answer) as T
  }
  const answer = work()
  known.set(name, { asked: wanted, answer })
  const [oldest] = known.keys()
  if (known.size > knownMax && oldest !== undefined) known.delete(oldest)
  try {
    return await answer
  } catch (error) {
    known.delete(name)
    throw error
  }
}
