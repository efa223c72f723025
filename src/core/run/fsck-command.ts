import { setTimeout as sleep } from 'node:timers/promises'
import { findInstance } from '../db/instance.ts'
import { OkiteError } from '../error.ts'
import { runAlone } from './alone.ts'
import { readFlags, refuseWords } from './arguments.ts'
import type { Call } from './call.ts'
import { requireData } from './data-folder.ts'
import type { Integrity } from './integrity.ts'
import { checkAndSay, type FsckState } from './list-checks.ts'
import { padTo, type Say } from './words.ts'

/** How often a command asks the program how far it is. */
const askAgainMs = 300

/** `./okite fsck [--json]`: exit 0 only when everything derived again is equal to what is there. */
export async function runFsck(args: readonly string[], call: Call): Promise<number> {
  const { flags, words } = readFlags(args, { json: 'switch' })
  refuseWords(words)
  requireData(call.dataDir)
  const result = await check(call)
  call.out(flags['json'] ? `${JSON.stringify(result)}\n` : printed(result, call.say))
  return result.ok ? 0 : 1
}

async function check(call: Call): Promise<Integrity> {
  const running = findInstance(call.dataDir)
  if (running === null) return runAlone(call, okite => checkAndSay(okite))
  await running.ask('POST', '/fsck')
  for (;;) {
    const state = (await running.ask('GET', '/fsck')) as FsckState
    if (state.result !== null) return state.result
    if (!state.running) throw new OkiteError(state.code ?? 'FSCK_FAILED')
    await sleep(askAgainMs)
  }
}

/** A name in each line, in a column. */
const nameColumns = 10
/** More faults of one kind tell a person nothing new. */
const faultsShown = 20

function printed(result: Integrity, say: Say): string {
  const { list, judges, rows, tables, files } = result
  const line = (ok: boolean, part: string, values: Readonly<Record<string, number>>) =>
    `${ok ? '●' : '▲'} ${padTo(say(`cli.fsck.${part}`), nameColumns)}${say(`cli.fsck.${part}.text`, values)}`
  const at = (pos: number | null) => say('cli.fsck.at', { pos })
  const { entries, checkpoints, slots } = list
  const lines = [
    line(list.faultCount === 0, 'list', { entries, checkpoints, ...slots }),
    ...list.faults
      .slice(0, faultsShown)
      .map(fault => `    ${at(fault.pos)}  ${fault.rule}  ${fault.what}`),
    line(judges.differs === null, 'judges', { facts: judges.facts, derived: judges.derived }),
    ...(judges.differs === null ? [] : [`    ${at(judges.differs)}  ${judges.why ?? ''}`]),
    ...judges.others
      .slice(0, faultsShown)
      .map(id => `    ${say('cli.fsck.judges.other', { judge: id })}`),
    line(rows.differing.length === 0, 'rows', { compared: rows.compared }),
    ...rows.differing.slice(0, faultsShown).map(name => `    ${name}`),
    line(tables.differing.length === 0, 'tables', { compared: tables.compared }),
    ...tables.differing.map(name => `    ${name}`),
    line(files.missing.length + files.altered.length === 0, 'files', { compared: files.compared }),
    ...(['missing', 'altered'] as const).flatMap(fault =>
      files[fault]
        .slice(0, faultsShown)
        .map(sha256 => `    ${say(`cli.fsck.files.${fault}`, { sha256 })}`),
    ),
    '',
    say(result.ok ? 'cli.fsck.sound' : 'cli.fsck.differs'),
  ]
  return `${lines.join('\n')}\n`
}
