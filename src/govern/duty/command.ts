import { resolve } from 'node:path'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { z } from 'zod'
import { OkiteError } from '../../core/error.ts'
import type { Command } from '../../core/module.ts'
import { readNamedFile } from '../../core/run/named-file.ts'
import { terminalOf } from '../../core/terminal.ts'
import { toInstant } from '../../core/time.ts'
import { type Doing, type Done, doDuty, type EvidenceFile } from './do.ts'
import {
  type Duty,
  dutiesMax,
  dutiesOf,
  findDuties,
  nameOf,
  readClosed,
  readDuties,
  readPast,
  rolesOf,
} from './duty.ts'
import { renderClosed, renderDuties, renderDuty, sizeText } from './text.ts'
import { standingOf, wordsOf } from './words.ts'

export type CommandPorts = Parameters<Command['run']>[1]

/** `./okite duty list | show | do | evidence` */
export const dutyCommand: Command = {
  name: 'duty',
  summary: {
    en: 'what people have to do by when: list, show, do, evidence',
    ja: '誰が何をいつまでに行うか：list（一覧）、show（詳細）、do（実施の記録）、evidence（証拠の取り出し）',
    'zh-TW':
      '誰須在何時之前完成何事：list（清單）、show（明細）、do（記錄執行）、evidence（取出證據）',
  },
  async run(args, ports) {
    const [verb, ...rest] = args
    switch (verb) {
      case 'list':
        return list(rest, ports)
      case 'show':
        return show(rest, ports)
      case 'do':
        return perform(rest, ports)
      case 'evidence':
        return evidence(rest, ports)
      default:
        ports.out(`${ports.messages.translate(ports.locale, 'usage.duty')}\n`)
        return verb === undefined || verb === 'help' ? 0 : 2
    }
  },
}

/** What is shown where nobody says how many. */
const listedDefault = 200

async function list(args: readonly string[], ports: CommandPorts): Promise<number> {
  const { values, positionals } = read(args, {
    role: { type: 'string' },
    late: { type: 'boolean', default: false },
    closed: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    limit: { type: 'string' },
  })
  if (positionals.length > 0) throw new OkiteError('DUTY_USAGE')
  const { role, late, all, json } = values
  const roles = rolesOf(ports)
  if (role !== undefined && !roles.includes(role)) {
    throw new OkiteError('DUTY_ROLE', { role: role.slice(0, 80), known: roles })
  }
  const countMax = limitOf(values.limit)
  const words = wordsOf(ports)
  const terminal = terminalOf(ports.terminal)
  const asked = { countMax, all, ...(role !== undefined && { roles: [role] }) }
  if (values.closed) {
    if (late) throw new OkiteError('DUTY_USAGE')
    const { closed, isCut } = await readClosed(ports, asked)
    const rows = () => closed.map(({ control, ...rest }) => ({ control: control.id, ...rest }))
    ports.out(json ? jsonText(rows()) : renderClosed(closed, words, terminal, isCut))
    return 0
  }
  const found = await readDuties(ports, { ...asked, late, countMax: countMax + 1 })
  const duties = found.slice(0, countMax)
  if (json) ports.out(jsonText(duties.map(duty => plainOf(duty, ports))))
  else {
    const now = toInstant(ports.clock.nowMs())
    const isCut = found.length > countMax
    ports.out(renderDuties(duties, words, terminal, { now, isCut }))
  }
  return 0
}

const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** For programs: nothing of it is worded but the title. */
function plainOf(duty: Duty, ports: CommandPorts): object {
  const { control, ...rest } = duty
  const words = wordsOf(ports)
  return {
    ...rest,
    control: control.id,
    title: words.control(control.id),
    role: duty.role,
    standing: standingOf(duty),
    statements: words.statements(control.id).map(statement => statement.number),
    types: duty.types.map(type => type.name),
  }
}

function limitOf(given: string | undefined): number {
  if (given === undefined) return listedDefault
  const count = /^[1-9]\d{0,4}$/.test(given) ? Number(given) : 0
  if (count === 0 || count > dutiesMax) throw new OkiteError('DUTY_USAGE')
  return count
}

async function show(args: readonly string[], ports: CommandPorts): Promise<number> {
  const { values, positionals } = read(args, { json: { type: 'boolean', default: false } })
  const named = nameOf(oneOf(positionals), ports)
  const owed =
    named.occurrence === null ? await dutiesOf(named, ports) : await findDuties(named, ports)
  const { past, doings } = await readPast(named, ports.reader)
  const isKnown = owed.length + past.length + doings.length > 0 || named.occurrence === null
  if (!isKnown) {
    throw new OkiteError('DUTY_UNKNOWN', { duty: oneOf(positionals).slice(0, 200) })
  }
  const done = doings.map(({ body }) => ({ of: body.of, files: body.files }))
  if (values.json) {
    ports.out(jsonText({ owed: owed.map(duty => plainOf(duty, ports)), past, doings: done }))
    return 0
  }
  const words = wordsOf(ports)
  ports.out(renderDuty(named.control.id, owed, past, done, words, terminalOf(ports.terminal)))
  return 0
}

async function perform(args: readonly string[], ports: CommandPorts): Promise<number> {
  const many = { type: 'string', multiple: true, default: [] as string[] } as const
  const { values, positionals } = read(args, {
    by: { type: 'string' },
    type: { type: 'string' },
    fact: { type: 'string' },
    period: { type: 'string' },
    when: { type: 'string' },
    set: many,
    person: many,
    text: many,
    file: many,
    'dry-run': { type: 'boolean', default: false },
    anyway: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  })
  const by = values.by?.trim() ?? ''
  if (by === '') throw new OkiteError('DUTY_USAGE')
  const doing: Doing = {
    by,
    type: values.type ?? null,
    fact: values.fact === undefined ? {} : readFact(resolve(ports.cwd, values.fact)),
    set: values.set.map(pairOf),
    persons: values.person.map(pairOf),
    texts: values.text.map(pairOf),
    files: values.file.map(path => fileAt(path, by, ports)),
    when: values.when ?? null,
    dry: values['dry-run'],
    isAnyway: values.anyway,
    isOfHimself: false,
    locale: ports.locale,
  }
  const done = await doDuty(idOf(oneOf(positionals), values.period), doing, ports)
  const plain = { ...done, left: done.left.map(duty => plainOf(duty, ports)) }
  ports.out(values.json ? jsonText(plain) : doneText(done, doing, ports))
  return 0
}

function fileAt(path: string, by: string, ports: CommandPorts): EvidenceFile {
  const sizeBytesMax = Number(ports.settings['evidenceBytesMax'])
  const see = (dry: boolean) =>
    ports.files.keep(resolve(ports.cwd, path), { by, sizeBytesMax, dry })
  return { look: () => see(true), keep: () => see(false) }
}

/** A fact is below 16 KiB (L1). */
const factBytesMax = 65_536

function readFact(path: string): Readonly<Record<string, unknown>> {
  const code = 'DUTY_FACT_FILE'
  const bytes = readNamedFile(path, factBytesMax, { missing: code, tooLarge: code })
  try {
    return z.record(z.string(), z.json()).parse(JSON.parse(Buffer.from(bytes).toString()))
  } catch (cause) {
    throw new OkiteError(code, { path }, { cause })
  }
}

/** A control and `--period` are as good as an id. */
function idOf(word: string, period: string | undefined): string {
  if (period === undefined) return word
  if (word.includes('/')) throw new OkiteError('DUTY_USAGE')
  return `${word}/${period}`
}

/** `name=value`; the value may have more of the sign. */
function pairOf(text: string): readonly [string, string] {
  const [, name, value] = /^([A-Za-z][\w.-]*)=(.*)$/s.exec(text) ?? []
  if (name === undefined || value === undefined) throw new OkiteError('DUTY_USAGE')
  return [name, value]
}

function doneText(done: Done, doing: Doing, ports: CommandPorts): string {
  const { t } = wordsOf(ports)
  const { type, pos, files, isKnown, left } = done
  const lines = files.map(({ name, sha256, sizeBytes, mediaType }) =>
    t('duty.file', { name, sha256, size: sizeText(sizeBytes), type: mediaType }),
  )
  if (doing.dry) return `${[...lines, t('duty.good', { type })].join('\n')}\n`
  lines.push(t(isKnown ? 'duty.known' : 'duty.recorded', { type, pos }))
  for (const duty of left) {
    const id = duty.what === 'accept' ? 'duty.left.accept' : 'duty.left.open'
    lines.push(t(id, { duty: duty.id }))
  }
  if (left.length === 0) lines.push(t('duty.closed'))
  return `${lines.join('\n')}\n`
}

async function evidence(args: readonly string[], ports: CommandPorts): Promise<number> {
  const { values, positionals } = read(args, { out: { type: 'string' } })
  const sha256 = oneOf(positionals)
  if (values.out === undefined) throw new OkiteError('DUTY_USAGE')
  const path = resolve(ports.cwd, values.out)
  await ports.files.writeTo(sha256, path)
  ports.out(`${ports.messages.translate(ports.locale, 'duty.written', { path })}\n`)
  return 0
}

function read<T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options })
  } catch (cause) {
    throw new OkiteError('DUTY_USAGE', {}, { cause })
  }
}

function oneOf(words: readonly string[]): string {
  const [word, ...more] = words
  if (word === undefined || more.length > 0) throw new OkiteError('DUTY_USAGE')
  return word
}
