import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Fact, FactType, Observation, Ref } from '../../core/fact.ts'
import { loadMessages } from '../../core/i18n/messages.ts'
import type { Collector, Command } from '../../core/module.ts'
import { loadPack } from '../../core/policy/load.ts'
import { toInstant } from '../../core/time.ts'
import module from './module.ts'

/** A list in memory behind the ports of core, for the tests of this module's commands and collectors. */

type CommandPorts = Parameters<Command['run']>[1]

type Row = { endpoint: string; host: string; port: number; listed: string; probed: string | null }

export function createPorts(settings: Readonly<Record<string, unknown>> = {}) {
  const list: (Fact<any> & { private: Readonly<Record<string, string>> })[] = []
  const known = new Map<string, number>()
  const said: string[] = []
  const warned: string[] = []
  let offsetMs = 0
  const nowMs = () => Date.now() + offsetMs

  /** The same fold as the table, in the order of the list. */
  const rows = (): Row[] => {
    const found = new Map<string, Row & { pos: number | null; probe: unknown }>()
    for (const { type, body, recorded, occurred, pos } of list) {
      const row = found.get(body.endpoint)
      if (type === 'network.endpoint.listed' && row === undefined) {
        const fresh = { listed: recorded, probed: null, pos: null, probe: null }
        found.set(body.endpoint, { ...body, ...fresh })
      }
      if (type === 'network.endpoint.removed') found.delete(body.endpoint)
      if (type === 'network.endpoint.probed' && row !== undefined) {
        found.set(body.endpoint, { ...row, probed: occurred, pos, probe: body })
      }
    }
    return [...found.values()].sort((a, b) => (a.endpoint < b.endpoint ? -1 : 1))
  }

  const submit = async <B>(observation: Observation<B>) => {
    const old = known.get(observation.identity)
    if (old !== undefined) return { pos: old, known: true }
    const { type, source, occurred, observed, trust } = observation
    const pos = list.length
    list.push({
      ...{ pos, type: type.name, tv: type.tv, module: type.module, source, occurred, observed },
      ...{ trust, recorded: toInstant(nowMs()), because: [] },
      // Equal for the same person, as the list makes them.
      refs: Object.fromEntries(
        Object.entries(observation.private ?? {}).map(([slot, { person }]) => [
          slot,
          createHash('sha256').update(`${person}`).digest('hex') as Ref,
        ]),
      ),
      body: type.schema.parse(observation.body),
      private: Object.fromEntries(
        Object.entries(observation.private ?? {}).map(([slot, { value }]) => [slot, value]),
      ),
    })
    known.set(observation.identity, pos)
    return { pos, known: false }
  }

  const log = {
    info: () => {},
    warn: (event: string) => void warned.push(event),
    error: (event: string) => void warned.push(event),
    child: () => log,
  }
  const ports: CommandPorts = {
    own: null,
    clock: { nowMs },
    // No code of this module reads the sentences of the policy.
    policy: loadPack(join(import.meta.dirname, '../../../policy/weemed')),
    messages: loadMessages(join(import.meta.dirname, '../..'), ['protect/network']),
    log,
    controls: [],
    officeHolders: async () => new Map(),
    isSample: false,
    settings,
    mail: null,
    folder: () => '',
    link: path => path,
    signal: new AbortController().signal,
    reader: {
      query: async <R>() => rows() as unknown as R[],
      fact: async pos => list[pos] ?? null,
      facts: async positions => positions.flatMap(pos => list[pos] ?? []),
      latest: async <B>(type: FactType<B>, count: number) =>
        list
          .filter(fact => fact.type === type.name)
          .slice(-count)
          .reverse() as Fact<B>[],
      disclose: async (pos, slot) => list[pos]?.private[slot] ?? null,
      discloseAll: async () => new Map(),
      refs: async () => new Map(),
      size: async () => list.length,
      stand: async () => new Map([['list', String(list.length)]]),
      noting: () => ports.reader,
      prove: async () => null,
      ledger: async () => ({ origin: 'test', vkey: '' }),
      behind: async () => null,
      live: async () => new Map(),
      owed: async () => [],
    },
    submit,
    submitAll: all => Promise.all(all.map(submit)),
    locale: 'en',
    cwd: process.cwd(),
    terminal: { columns: 100, color: false },
    collect: async () => {},
    out: text => void said.push(text),
    judged: async () => {},
    // No command of this module records for others or keeps files.
    record: async () => Promise.reject(new Error('not here')),
    foresee: async () => Promise.reject(new Error('not here')),
    files: {
      keep: async () => Promise.reject(new Error('not here')),
      writeTo: async () => Promise.reject(new Error('not here')),
    },
    quietly: work => work(),
    shown: async () => {},
  }
  const [command] = module.commands ?? []
  return {
    ports,
    list,
    warned,
    types: () => list.map(fact => fact.type),
    rows,
    later: (ms: number) => {
      offsetMs += ms
    },
    /** Types a command and answers its exit code and what it said. */
    async type(...args: string[]) {
      said.length = 0
      const code = await (command as Command).run(args, ports)
      return { code, said: said.join('') }
    },
    /** Runs a collector once and appends what it yields. */
    async collect(collector: Collector) {
      const before = list.length
      for await (const yielded of collector.run(ports))
        for (const observation of [yielded].flat()) await submit(observation)
      return list.slice(before)
    },
  }
}
