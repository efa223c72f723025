import { codeOf } from '../error.ts'
import type { Log } from '../log.ts'
import type { Call } from './call.ts'
import type { Okite } from './compose.ts'
import { handsOf } from './hands.ts'

/**
 * Lets each module tell whoever starts the program what he must know, once it runs. One that cannot is told of
 * in the log: the program runs all the same.
 */
export async function greetAll(
  okite: Okite,
  options: Readonly<{ call: Call; log: Log; signal: AbortSignal; isSeen: boolean }>,
): Promise<void> {
  const { call, log, signal, isSeen } = options
  if (okite.isSample) return
  for (const module of okite.modules.modules) {
    try {
      await module.greet?.({
        ...okite.ports(module, signal),
        ...handsOf(okite, module.id),
        ...{ locale: call.locale, isSeen, out: call.out },
      })
    } catch (error) {
      log.error('greet.failed', { module: module.id, code: codeOf(error) })
    }
  }
}
