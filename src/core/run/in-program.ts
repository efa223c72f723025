import { findInstance } from '../db/instance.ts'
import { runAlone } from './alone.ts'
import type { Call } from './call.ts'
import type { Okite } from './compose.ts'
import { requireData } from './data-folder.ts'

/**
 * Does something with the list: in the program that runs on the data folder, so that one process
 * alone holds the keys, or in this one when none runs.
 *
 * @param path of the control socket where the running program does it
 * @throws OkiteError `DATA_NONE`, and what the work throws
 */
export async function inProgram<Request, Answer>(
  call: Call,
  path: string,
  request: Request,
  work: (okite: Okite, request: Request) => Promise<Answer>,
): Promise<Answer> {
  requireData(call.dataDir)
  const running = findInstance(call.dataDir)
  if (running !== null) return (await running.ask('POST', path, request)) as Answer
  return runAlone(call, okite => work(okite, request))
}
