import { Closing } from '../closing.ts'
import { systemClock } from '../time.ts'
import { type Call, commandLog } from './call.ts'
import { compose, type Okite } from './compose.ts'

/**
 * Opens the program for one command, because none runs on the data folder that could be asked, and closes
 * it again. Nothing looks at the world by itself.
 */
export async function runAlone<T>(call: Call, work: (okite: Okite) => Promise<T>): Promise<T> {
  const log = commandLog()
  const okite = await compose({ ...call, create: false, flags: {}, clock: systemClock, log })
  const opened = new Closing()
  opened.push(() => okite.close())
  let result: T
  try {
    result = await work(okite)
  } catch (error) {
    return opened.closeAfter(error)
  }
  await opened.close()
  return result
}
