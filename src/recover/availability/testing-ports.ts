import type { Observation } from '../../core/fact.ts'
import { memoryLog } from '../../core/ledger/testing.ts'
import type { Ports, Reader } from '../../core/module.ts'
import { serviceProber } from './collect.ts'
import type { Probe } from './probe/ask.ts'

/**
 * What the collector sees of the program, for tests: a clock that is turned by hand, the register, a folder.
 * Each is a process of its own as far as memory goes; several on one folder are one after the other.
 */
export function createPorts(
  options: Readonly<{
    folder: string
    nowMs: number
    probes: Readonly<Record<string, Partial<Probe> & Pick<Probe, 'kind' | 'target'>>>
    settings?: Readonly<Record<string, unknown>>
  }>,
) {
  const { log, lines } = memoryLog()
  let { nowMs } = options
  const rows = Object.entries(options.probes).map(([id, probe]) => ({
    id,
    body: { statuses: [], text: null, followsRedirects: false, ...probe },
  }))
  const reader = { query: async () => rows } as unknown as Reader
  const ports = {
    ...{ clock: { nowMs: () => nowMs }, log, reader, signal: new AbortController().signal },
    settings: { loopback: true, timeoutMs: 1_000, ...options.settings },
    folder: () => options.folder,
  } as unknown as Ports
  return {
    ports,
    lines,
    /** What was told, in its order, each once by its identity, as the list keeps it. */
    told: [] as Observation<any>[],
    /** One minute: asks, and tells what is due. */
    async minute(at: number): Promise<readonly Observation<any>[]> {
      nowMs = at
      const found: Observation<any>[] = []
      for await (const yielded of serviceProber.run(ports)) found.push(...[yielded].flat())
      const known = new Set(this.told.map(({ identity }) => identity))
      this.told.push(...found.filter(({ identity }) => !known.has(identity)))
      return found
    },
  }
}
