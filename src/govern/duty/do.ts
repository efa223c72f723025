import { createHash } from 'node:crypto'
import { z } from 'zod'
import { OkiteError } from '../../core/error.ts'
import type { FactType, Pos } from '../../core/fact.ts'
import { claimAccepted } from '../../core/facts.ts'
import type { KeptFile } from '../../core/file/store.ts'
import type { Locale } from '../../core/i18n/locale.ts'
import type { Owed } from '../../core/judge.ts'
import type { Hands, Ports, Stand } from '../../core/module.ts'
import { toInstant } from '../../core/time.ts'
import {
  type Duty,
  dutiesOf,
  findDuties,
  idOf,
  type Named,
  nameOf,
  readPast,
  rowOf,
  typesOf,
} from './duty.ts'
import { dutyDone } from './facts.ts'
import { fillIn, subjectsOf } from './form.ts'

export type DoingPorts = Ports & Hands

/** A file of evidence, wherever it lies: looked at first, and kept when everything is right. */
export type EvidenceFile = Readonly<{ look(): Promise<KeptFile>; keep(): Promise<KeptFile> }>

/** What a person says of his doing. */
export type Doing = Readonly<{
  by: string
  /** The fact to record, where the control counts several. */
  type: string | null
  /** Fields of the fact that are values already. */
  fact: Readonly<Record<string, unknown>>
  set: readonly (readonly [string, string])[]
  /** Private values: persons by slot, and words of no one person. */
  persons: readonly (readonly [string, string])[]
  texts: readonly (readonly [string, string])[]
  files: readonly EvidenceFile[]
  /** When it was done, if not now: then it is a claim (V4). */
  when: string | null
  dry: boolean
  /** Also what the control would not count. */
  isAnyway: boolean
  /** It is about him, and he does it for nobody else. */
  isOfHimself: boolean
  /** In which language it is said why it would not. */
  locale: Locale
}>

/** What became of it. */
export type Done = Readonly<{
  type: string
  pos: Pos | null
  isKnown: boolean
  files: readonly KeptFile[]
  /** What of this duty is still owed: itself, when the doing is not enough; its acceptance. */
  left: readonly Duty[]
}>

/** Which duty a doing is for, whether or not it is owed. */
type Which = Pick<Duty, 'id' | 'control' | 'subject' | 'occurrence' | 'types'>

/** More files than this are an archive; a fact names no more. */
export const filesMax = 16

/**
 * Does a duty: keeps the files, records the fact that the control counts through the module that owns
 * it, and notes which duty it was for. Everything is checked before anything is kept. A process that
 * ends in between leaves files that no doing names, or a doing without its note; the same call again
 * adds the rest and repeats nothing, also when nothing is owed by then (`finish`).
 *
 * @throws OkiteError `DUTY_…`, `FILE_…`, `RECORD_…`
 */
export async function doDuty(id: string, doing: Doing, ports: DoingPorts): Promise<Done> {
  const named = nameOf(id, ports)
  const found = await findDuties(named, ports)
  if (found.length === 0) return finish(named, doing, ports)
  const duty = chosen(named, found)
  if (duty.what === 'accept') return accept(duty, doing, ports)
  if (doing.files.length > filesMax) throw new OkiteError('DUTY_FILES', { max: filesMax })
  const type = typeOf(duty, doing)
  const looked = await seeAll(doing, 'look')
  const line = lineOf(duty, type, doing, looked)
  await checkLine(duty, type, line, doing, ports)
  if (doing.dry) return { type: type.name, pos: null, isKnown: false, files: looked, left: [duty] }
  const files = await seeAll(doing, 'keep')
  if (files.some((file, nth) => file.sha256 !== looked[nth]!.sha256))
    throw new OkiteError('DUTY_FILE_CHANGED')
  const recorded = await recordLine(line, doing, ports)
  await note(duty, recorded.pos, files, doing, ports)
  return { type: type.name, ...recorded, files, left: await leftOf(duty, ports) }
}

/**
 * Nothing is owed under this name any more. If this very doing is on the list and no note says for which
 * duty it was and what shows it, because the program ended in between, only the note is added.
 *
 * @throws OkiteError `DUTY_NOT_OWED`
 */
async function finish(named: Named, doing: Doing, ports: DoingPorts): Promise<Done> {
  const { control, occurrence, subject } = named
  const id = idOf({ control: control.id, occurrence: occurrence ?? '', subject })
  const notOwed = (cause?: unknown) => new OkiteError('DUTY_NOT_OWED', { duty: id }, { cause })
  if (occurrence === null || doing.dry || doing.files.length > filesMax) throw notOwed()
  const duty = { id, control, occurrence, subject, types: typesOf(control) }
  let type: FactType
  let line: Line
  try {
    type = typeOf(duty, doing)
    line = lineOf(duty, type, doing, await seeAll(doing, 'look'))
  } catch (cause) {
    // What is no whole doing was none before.
    throw cause instanceof OkiteError ? notOwed(cause) : cause
  }
  const asked = { by: doing.by, dry: true, anew: true }
  const { lastLine: pos } = await ports.record(JSON.stringify(line), asked)
  const { doings } = await readPast(named, ports.reader)
  if (pos === null || doings.some(({ body }) => body.of === pos)) throw notOwed()
  const files = await seeAll(doing, 'keep')
  await note(duty, pos, files, doing, ports)
  return { type: type.name, pos, isKnown: true, files, left: [] }
}

/** The one duty that is meant. */
function chosen(named: Named, found: readonly Duty[]): Duty {
  const [duty] = found
  if (found.length > 1) {
    const id = [named.control.id, named.occurrence, named.subject].filter(Boolean).join('/')
    throw new OkiteError('DUTY_SEVERAL', { duty: id, which: found.map(one => one.id).slice(0, 20) })
  }
  return duty!
}

/** @throws OkiteError `DUTY_TYPE` when it must be said which fact is meant */
function typeOf({ types, id }: Which, { type }: Doing): FactType {
  const known = types.map(one => one.name)
  const found =
    type === null && known.length === 1 ? types[0] : types.find(one => one.name === type)
  if (found === undefined) throw new OkiteError('DUTY_TYPE', { duty: id, known })
  return found
}

/**
 * What is about somebody he sees, and does himself only where its type says so and it speaks of him and of
 * nobody else.
 *
 * @throws OkiteError `DUTY_NOT_YOURS`
 */
function refuseForeign(duty: Which, type: FactType, body: Line['body'], doing: Doing): void {
  if (!doing.isOfHimself) return
  const [person] = duty.subject.split('/')
  const isHis = type.bySubject && subjectsOf(type, body).every(one => one === person)
  if (!isHis) throw new OkiteError('DUTY_NOT_YOURS', { duty: duty.id })
}

async function seeAll({ files }: Doing, how: 'look' | 'keep'): Promise<KeptFile[]> {
  const seen: KeptFile[] = []
  // One after the other: memory and disk are for one file at a time.
  for (const file of files) seen.push(await file[how]())
  return seen
}

type Line = Readonly<{
  type: string
  body: Readonly<Record<string, unknown>>
  private: Readonly<Record<string, Readonly<{ person: string }> | Readonly<{ text: string }>>>
  occurred?: string
  trust?: 'claim'
  identity?: string
}>

function lineOf(duty: Which, type: FactType, doing: Doing, files: readonly KeptFile[]): Line {
  const { body, complaints } = fillIn(type, {
    fact: doing.fact,
    set: doing.set,
    occurrence: duty.occurrence,
    subject: duty.subject,
    files,
  })
  const slots = [...doing.persons, ...doing.texts].map(([slot]) => slot)
  // Before anything else: of what is not his to tell he does not hear what is missing.
  refuseForeign(duty, type, body, doing)
  const strange = slots.filter(slot => !type.slots.includes(slot))
  const all = [...complaints, ...strange.map(field => ({ code: 'unknown', field }))]
  if (all.length > 0) throw new OkiteError('DUTY_FIELDS', { type: type.name, fields: all })
  const line = {
    type: type.name,
    body,
    private: Object.fromEntries([
      ...doing.persons.map(([slot, person]) => [slot, { person }] as const),
      ...doing.texts.map(([slot, text]) => [slot, { text }] as const),
    ]),
    // Nobody is his own witness: what he says of himself is told (V4), and every verdict shows that.
    ...(doing.isOfHimself && { trust: 'claim' as const }),
  }
  if (doing.when !== null) return { ...line, occurred: doing.when }
  // Told again by mistake it is known again; who does a thing twice in a period says when.
  return { ...line, identity: `duty ${duty.id} ${hashOf([body, line.private])}` }
}

const hashOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex')

/**
 * As the list will take it, and as the control will count it: whoever is told that his duty is done
 * must not find it open tomorrow. The judges themselves say so, on rows that nobody keeps.
 */
async function checkLine(
  duty: Duty,
  type: FactType,
  line: Line,
  doing: Doing,
  ports: DoingPorts,
): Promise<void> {
  const text = JSON.stringify(line)
  const { complaints } = await ports.record(text, { by: doing.by, dry: true })
  if (complaints[0] !== undefined) throw complaints[0].error
  if (doing.isAnyway) return
  const asked = { by: doing.by, control: duty.control.id, key: rowOf(duty) }
  const { before, after, isTaken } = await ports.foresee(text, asked)
  // Where a judge joins facts of several types, one of them does not do it and is still needed.
  const isPart = isTaken && duty.types.length > 1
  if (isPart || isBroughtOn(duty, before, after)) return
  const reason = reasonOf(duty, after, doing.locale, ports)
  throw new OkiteError('DUTY_NOT_COUNTED', {
    duty: duty.id,
    type: type.name,
    ...(reason !== null && { fails: reason }),
  })
}

/** It is owed no more, or less of it; or a second person may now accept that it was done in time. */
function isBroughtOn({ occurrence, control }: Duty, before: Stand, after: Stand): boolean {
  const find = ({ owed }: Stand, what: Owed['what']) =>
    owed.filter(one => one.what === what && one.name === occurrence)
  const [was] = find(before, 'do')
  const [is] = find(after, 'do')
  if (was === undefined) return false
  if (is === undefined || (is.done ?? 0) > (was.done ?? 0)) return true
  if (find(after, 'accept').length > find(before, 'accept').length) return true
  // Of what takes several facts to mend, another thing is wrong now.
  return control.kind === 'state' && codeOf(before) !== codeOf(after)
}

const judgedIn = z.object({ status: z.string().nullable(), code: z.string(), args: z.unknown() })

function codeOf({ judged }: Stand): string | null {
  const { data } = judgedIn.safeParse(judged)
  return data === undefined ? null : JSON.stringify([data.code, data.args])
}

/** What the control finds wrong even then, where it is more than that the time has not come. */
function reasonOf(
  { control }: Duty,
  { judged }: Stand,
  locale: Locale,
  ports: DoingPorts,
): string | null {
  const { data } = judgedIn.safeParse(judged)
  if (data === undefined || control.kind !== 'state') return null
  const id = `reason.${data.code}`
  const args = data.args as Readonly<Record<string, unknown>> | null
  const isWorded = args !== null && ports.messages.has(id)
  return isWorded ? ports.messages.translate(locale, id, args) : data.code
}

async function recordLine(
  line: unknown,
  doing: Doing,
  ports: DoingPorts,
): Promise<Readonly<{ pos: Pos; isKnown: boolean }>> {
  const { complaints, lastLine, known } = await ports.record(JSON.stringify(line), {
    by: doing.by,
    dry: false,
    // It is owed: what was once told for it and retracted is told again.
    anew: true,
  })
  if (complaints[0] !== undefined) throw complaints[0].error
  return { pos: lastLine!, isKnown: known > 0 }
}

/** Which doing was for which duty, and what shows it. */
async function note(
  duty: Which,
  of: Pos,
  files: readonly KeptFile[],
  { by }: Doing,
  ports: DoingPorts,
): Promise<void> {
  const now = toInstant(ports.clock.nowMs())
  const hashes = [...new Set(files.map(file => file.sha256))]
  const { pos } = await ports.submit({
    type: dutyDone,
    source: 'okite duty',
    occurred: now,
    observed: now,
    trust: 'record',
    body: {
      control: duty.control.id,
      subject: duty.subject,
      occurrence: duty.occurrence,
      of,
      files: hashes,
    },
    private: { by: { value: by, person: by } },
    // Sixteen hashes are longer than an identity may be.
    identity: `${duty.id} ${of} ${hashOf(hashes)}`,
  })
  await ports.judged(pos)
}

/** A second person believes a claim (V4). Who told it is refused by the list itself. */
async function accept(duty: Duty, doing: Doing, ports: DoingPorts): Promise<Done> {
  const line = { type: claimAccepted.name, body: { target: duty.claim } }
  const { complaints } = await ports.record(JSON.stringify(line), { by: doing.by, dry: true })
  if (complaints[0] !== undefined) throw complaints[0].error
  const none = { type: claimAccepted.name, files: [] }
  if (doing.dry) return { ...none, pos: null, isKnown: false, left: [duty] }
  const recorded = await recordLine(line, doing, ports)
  await ports.judged(recorded.pos)
  return { ...none, ...recorded, left: await leftOf(duty, ports) }
}

/**
 * What of it is still owed: itself, a claim of its period that waits for somebody else, or, after an
 * exercise that has not passed, the next one.
 */
const leftOf = async (duty: Duty, ports: DoingPorts): Promise<readonly Duty[]> =>
  (await dutiesOf(duty, ports)).filter(
    one => one.occurrence === duty.occurrence || duty.control.kind === 'capability',
  )
