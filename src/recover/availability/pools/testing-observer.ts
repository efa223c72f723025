import type { Observation } from '../../../core/fact.ts'
import { memoryLog } from '../../../core/ledger/testing.ts'
import type { Ports, Reader } from '../../../core/module.ts'
import { availabilitySettings } from '../settings.ts'
import { poolObserver } from './collect.ts'

/** The collector as a program has it: another one on the same folder is the program started again. */
export function createObserver(folder: string, settings: object) {
  const { log, lines } = memoryLog()
  const ports = {
    ...{ clock: { nowMs: () => Date.now() }, log, reader: {} as Reader },
    signal: new AbortController().signal,
    settings: availabilitySettings.parse({ loopback: true, timeoutMs: 2_000, ...settings }),
    folder: () => folder,
  } as unknown as Ports
  return {
    async run(): Promise<readonly Observation<any>[]> {
      const found: Observation<any>[] = []
      for await (const yielded of poolObserver.run(ports)) found.push(...[yielded].flat())
      return found
    },
    /** The word why something was not told, of all lines since it was asked last. */
    whys: () =>
      lines.splice(0).map(line => {
        const { event, why } = JSON.parse(line) as Record<string, string>
        return `${event} ${why}`
      }),
  }
}
