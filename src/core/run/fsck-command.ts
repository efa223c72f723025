import { setTimeout as sleep } from 'node:timers/promises'
import { findInstance } from '../db/instance.ts'
import { OkiteError } from '../error.ts'
import { systemClock } from '../time.ts'
import { readFlags } from './arguments.ts'
import { type Call, commandLog } from './call.ts'
import { compose, type Okite } from './compose.ts'
import { requireData } from './data-folder.ts'
import type { Integrity } from './integrity.ts'

/** How far a check has come, as the running program tells it. */
export type FsckState = Readonly<{
  running: boolean
  done: number
  size: number
  result: Integrity | null
  code: string | null
}>

/** How often a command asks the program how far it is. */
const askAgainMs = 300

/** `./okite fsck [--json]`: exit 0 only when everything derived again is equal to what is there. */
export async function runFsck(args: readonly string[], call: Call): Promise<number> {
  const { flags } = readFlags(args, { json: 'switch' })
  requireData(call.dataDir)
  const result = await check(call)
  call.out(flags['json'] ? `${JSON.stringify(result)}\n` : printed(result))
  return result.ok ? 0 : 1
}

async function check(call: Call): Promise<Integrity> {
  const running = findInstance(call.dataDir)
  if (running === null) {
    const log = commandLog()
    const okite = await compose({ ...call, create: false, flags: {}, clock: systemClock, log })
    try {
      return await okite.integrity()
    } finally {
      await okite.close()
    }
  }
  await running.ask('POST', '/fsck')
  for (;;) {
    const state = (await running.ask('GET', '/fsck')) as FsckState
    if (state.result !== null) return state.result
    if (!state.running) throw new OkiteError(state.code ?? 'FSCK_FAILED')
    await sleep(askAgainMs)
  }
}

/** One check at a time inside the program; asking again while one runs joins it. */
export function createFsckJob(okite: Okite): Readonly<{ start(): object; state(): FsckState }> {
  let state: FsckState = { running: false, done: 0, size: 0, result: null, code: null }
  return {
    start() {
      if (state.running) return {}
      state = { running: true, done: 0, size: 0, result: null, code: null }
      okite
        .integrity((done, size) => {
          state = { ...state, done, size }
        })
        .then(result => {
          state = { ...state, running: false, result }
        })
        .catch((error: unknown) => {
          const code = error instanceof OkiteError ? error.code : 'FSCK_FAILED'
          state = { ...state, running: false, code }
        })
      return {}
    },
    state: () => state,
  }
}

function printed(result: Integrity): string {
  const { list, judges, rows, tables } = result
  const mark = (ok: boolean) => (ok ? '●' : '▲')
  const lines = [
    `${mark(list.faultCount === 0)} list      ${list.entries} entries, ${list.checkpoints} signed checkpoints, ${list.slots.opened} private values opened, ${list.slots.closed} closed`,
    ...list.faults.slice(0, 20).map(fault => `    ${fault.rule} at ${fault.pos}: ${fault.what}`),
    `${mark(judges.differs === null)} judges    ${judges.derived} conclusions of ${judges.facts} facts performed again`,
    ...(judges.differs === null ? [] : [`    at ${judges.differs}: ${judges.why ?? ''}`]),
    ...judges.others
      .slice(0, 20)
      .map(id => `    ${id}: what another version of its rule concluded was not performed again`),
    `${mark(rows.differing.length === 0)} rows      ${rows.compared} compared`,
    ...rows.differing.slice(0, 20).map(name => `    ${name}`),
    `${mark(tables.differing.length === 0)} tables    ${tables.compared} built again and compared`,
    ...tables.differing.map(name => `    ${name}`),
  ]
  return `${lines.join('\n')}\n`
}
