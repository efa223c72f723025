import { codeOf, OkiteError } from '../../../core/error.ts'
import type { Attempt, DeletionTrial, Repository } from './repository.ts'

/** One attempt. Only a refusal is one: a place that is away has refused nothing, and the trial fails. */
export async function attempt(how: Attempt['how'], work: () => Promise<unknown>): Promise<Attempt> {
  try {
    await work()
    return { how, answer: 'done' }
  } catch (error) {
    if (codeOf(error) !== 'BACKUP_REPOSITORY_DENIED') throw error
    return { how, answer: 'refused' }
  }
}

/** For places without versions: the object is put, written over, and removed; and then it is asked for. */
export async function tryByName(
  { put, get, remove, name: repository }: Pick<Repository, 'put' | 'get' | 'remove' | 'name'>,
  name: string,
  bytes: Uint8Array,
  other: Uint8Array,
): Promise<DeletionTrial> {
  await put(name, bytes)
  if (!(await isThere(() => get(name), bytes))) {
    // What was not there before the trial was not defended in it.
    throw new OkiteError('BACKUP_OBJECT_MISSING', { repository, object: name })
  }
  const attempts = [
    await attempt('overwrite', () => put(name, other)),
    await attempt('remove', () => remove(name)),
  ]
  return { attempts, isRefused: await isThere(() => get(name), bytes) }
}

/** Whether these bytes are read, and nothing else; that nothing is there is an answer too. */
export async function isThere(read: () => Promise<Buffer>, bytes: Uint8Array): Promise<boolean> {
  try {
    return (await read()).equals(bytes)
  } catch (error) {
    if (codeOf(error) !== 'BACKUP_OBJECT_MISSING') throw error
    return false
  }
}
