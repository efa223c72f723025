import { isDeepStrictEqual } from 'node:util'
import { OkiteError } from '../../core/error.ts'
import type { Fact, FactType, Pos } from '../../core/fact.ts'
import {
  factCorrected,
  factRetracted,
  ledgerOpened,
  privacyErased,
  timeReached,
} from '../../core/facts.ts'
import type { Hands, Ports, RouteHands } from '../../core/module.ts'
import { complaintsOf } from '../../core/record/complaints.ts'
import { msOf, toInstant } from '../../core/time.ts'
import {
  changeConfirmed,
  changeDeclined,
  type changeKinds,
  changeProposed,
  holdLifted,
  holdPlaced,
} from './facts.ts'
import { readAbout, type Self } from './read.ts'
import type { ChangeRow, HoldRow } from './show.ts'

export type Here = Ports & Hands & RouteHands
export type Kind = (typeof changeKinds)[number]

export type Proposal = Readonly<{
  kind: Kind
  target: Pos | null
  body: unknown
  ground: string | null
  /** Identifier of whom it is about. */
  person: string | null
  reason: string
}>

/** Everything here is said by who asks, now. `texts` are his words; a person's own values are under the person. */
export async function say(
  type: FactType,
  body: unknown,
  self: Self,
  given: Readonly<Record<string, Readonly<{ value: string; person: string | null }> | null>>,
  identity: string,
  ports: Here,
): Promise<Pos> {
  const now = toInstant(ports.clock.nowMs())
  const by = { value: self.identifier, person: self.identifier }
  const slots = Object.entries(given).flatMap(([slot, one]) => (one === null ? [] : [[slot, one]]))
  const { pos } = await ports.submit({
    ...{ type, source: 'okite evidence', occurred: now, observed: now, trust: 'record', body },
    private: { by, ...Object.fromEntries(slots) },
    identity,
  })
  await ports.judged(pos)
  return pos
}

export const textOf = (self: Self, value: string) => ({ value, person: self.identifier })

/** What is about a person, and for which a permission of its own is asked. */
export const isPersonal = (kind: string): boolean => ['erase', 'hold', 'release'].includes(kind)

/**
 * What one person wants. Nothing of it happens before a second one confirms it.
 *
 * @throws OkiteError `EVIDENCE_…`
 */
export async function propose(asked: Proposal, self: Self, ports: Here, key: string): Promise<Pos> {
  const { kind, target, person, ground } = asked
  if (isPersonal(kind) && !self.can('evidence.erase'))
    throw new OkiteError('EVIDENCE_FORBIDDEN', { kind })
  const needs = {
    target: kind !== 'erase' && kind !== 'hold',
    person: kind === 'erase' || kind === 'hold',
  }
  const isFit =
    needs.target === (target !== null) &&
    needs.person === (person !== null) &&
    (kind === 'correct') === (asked.body !== null) &&
    (kind === 'erase') === (ground !== null)
  if (!isFit) throw new OkiteError('EVIDENCE_PROPOSAL', { kind })
  if (kind === 'retract' || kind === 'correct') await checkAmendment(asked, ports)
  if (kind === 'release') await findHold(target!, ports)
  if (person !== null) {
    const ref = (await ports.reader.refs([person])).get(person)
    if (ref === undefined) throw new OkiteError('EVIDENCE_PERSON')
    if (ref === self.ref) throw new OkiteError('EVIDENCE_OWN_CASE')
    if (kind === 'erase') await refuseHeld(ref, ports)
  }
  return say(
    changeProposed,
    { kind, target, body: asked.body, ground },
    self,
    {
      person: person === null ? null : { value: person, person },
      reason: textOf(self, asked.reason),
    },
    `propose ${self.ref ?? ''} ${key}`,
    ports,
  )
}

/** What the program itself goes by is decided anew and never taken back. */
const fixed: ReadonlySet<string> = new Set(
  [ledgerOpened, timeReached, privacyErased, factRetracted].map(type => type.name),
)

/** Only what the list would not ignore (V40). */
async function checkAmendment({ kind, target, body }: Proposal, ports: Here): Promise<Fact> {
  const fact = await ports.reader.fact(target!)
  const refuse = (why: string) => new OkiteError('EVIDENCE_TARGET', { target: target!, why })
  if (fact === null) throw refuse('not on the list')
  if (!Array.isArray(fact.because) || fact.because.length > 0) throw refuse('concluded, not told')
  if (fixed.has(fact.type)) throw refuse('not for people to take back')
  const said = (await readAbout([target!], ports.reader)).get(target!) ?? []
  if (said.some(({ what }) => what === 'retracted' || what === 'corrected'))
    throw refuse('taken back or corrected already')
  const type = typeAsTold(fact, ports)
  const fields = kind === 'correct' && type !== null ? complaintsOf(type, body) : []
  if (fields.length > 0) throw new OkiteError('EVIDENCE_FIELDS', { target: target!, fields })
  if (kind === 'correct' && isDeepStrictEqual(fact.body, body))
    throw new OkiteError('EVIDENCE_SAME', { target: target! })
  return fact
}

/** Its type as it was when the fact was told; null: it has changed since, or is gone. */
export function typeAsTold({ type, tv }: Fact, ports: Pick<Here, 'typeOf'>): FactType | null {
  const found = ports.typeOf(type)
  return found?.tv === tv ? found : null
}

/** @throws OkiteError `EVIDENCE_HELD` */
async function refuseHeld(ref: string, { reader }: Here): Promise<void> {
  const [held] = await reader.query<HoldRow>(
    'select * from evidence_hold where person = $1 order by hold limit 1',
    [ref],
  )
  if (held !== undefined) throw new OkiteError('EVIDENCE_HELD', { hold: Number(held.hold) })
}

async function findHold(pos: Pos, { reader }: Here): Promise<HoldRow> {
  const [hold] = await reader.query<HoldRow>('select * from evidence_hold where hold = $1', [
    String(pos),
  ])
  if (hold === undefined) throw new OkiteError('EVIDENCE_HOLD_UNKNOWN', { hold: pos })
  return hold
}

/** One decision at a time: no hold is placed while an erasure that it would forbid is being done. */
let turn: Promise<unknown> = Promise.resolve()

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = turn.then(work)
  turn = mine.catch(() => undefined)
  return mine
}

/**
 * A second person agrees, and it is done. A program that ends in between leaves it open; confirmed once
 * more, what was done is known again and only said.
 *
 * @throws OkiteError `EVIDENCE_…`, those of `record`
 */
export const confirm = (proposal: Pos, self: Self, ports: Here): Promise<Pos> =>
  inTurn(async () => {
    const row = await openChange(proposal, ports)
    refuseSame(row, self)
    const result = await carryOut(row, self, ports)
    return say(changeConfirmed, { proposal, result }, self, {}, `confirm ${proposal}`, ports)
  })

/** Not agreed to; also by who wanted it: he may take back what he asked for. */
export const decline = (proposal: Pos, reason: string, self: Self, ports: Here): Promise<Pos> =>
  inTurn(async () => {
    const { kind } = await openChange(proposal, ports)
    if (isPersonal(kind) && !self.can('evidence.erase'))
      throw new OkiteError('EVIDENCE_FORBIDDEN', { kind })
    const given = { reason: textOf(self, reason) }
    return say(changeDeclined, { proposal }, self, given, `decline ${proposal}`, ports)
  })

async function openChange(proposal: Pos, { reader }: Here): Promise<ChangeRow> {
  const [row] = await reader.query<ChangeRow>('select * from evidence_change where proposal = $1', [
    String(proposal),
  ])
  if (row === undefined) throw new OkiteError('EVIDENCE_CHANGE_UNKNOWN', { proposal })
  if (row.state !== 'open') throw new OkiteError('EVIDENCE_CHANGE_DECIDED', { proposal })
  return row
}

/** Two persons, told apart by their handles; and neither of them is whom it is about. */
function refuseSame({ by, person, kind }: ChangeRow, self: Self): void {
  if (isPersonal(kind) && !self.can('evidence.erase'))
    throw new OkiteError('EVIDENCE_FORBIDDEN', { kind })
  if (self.ref !== null && self.ref === by) throw new OkiteError('EVIDENCE_SECOND_PERSON')
  if (self.ref !== null && self.ref === person) throw new OkiteError('EVIDENCE_OWN_CASE')
}

async function carryOut(row: ChangeRow, self: Self, ports: Here): Promise<Pos> {
  const proposal = Number(row.proposal)
  const { reader } = ports
  const said =
    (await reader.discloseAll([proposal], ['by', 'person', 'reason'])).get(proposal) ?? {}
  const fact = (await reader.fact(proposal))!
  const first = said['by']
  // Who asked for it has been erased since: one person alone would be left.
  if (first === undefined) throw new OkiteError('EVIDENCE_SECOND_PERSON')
  const second = { value: self.identifier, person: self.identifier }
  const { body, ground } = fact.body as Proposal
  switch (row.kind) {
    case 'retract':
    case 'correct': {
      const target = Number(row.target)
      await checkAmendment({ ...(fact.body as Proposal), target }, ports)
      const type = row.kind === 'retract' ? factRetracted : factCorrected
      return recordAmendment(type, { target, ...(row.kind === 'correct' && { body }) }, ports, {
        ...{ by: first, second: self.identifier, reason: said['reason'] ?? '' },
        identity: `change ${proposal}`,
      })
    }
    case 'hold':
      return say(
        holdPlaced,
        { proposal },
        self,
        {
          second: { value: first, person: first },
          person: { value: said['person'] ?? '', person: said['person'] ?? null },
          reason: { value: said['reason'] ?? '', person: first },
        },
        `hold ${proposal}`,
        ports,
      )
    case 'release': {
      const hold = Number(row.target)
      const { person } = await findHold(hold, ports)
      if (self.ref === person) throw new OkiteError('EVIDENCE_OWN_CASE')
      const given = { second: { value: first, person: first } }
      return say(holdLifted, { proposal, hold }, self, given, `release ${proposal}`, ports)
    }
    default: {
      const done = await erasedBecause(proposal, ports)
      if (done !== null) return done
      await refuseHeld(row.person ?? '', ports)
      const days = Number(ports.settings['backupDays'])
      const { pos } = await ports.erase(said['person'] ?? '', {
        ...{ identity: `change ${proposal}`, ground: ground ?? '', because: [proposal] },
        completeAt: toInstant(msOf(toInstant(ports.clock.nowMs())) + days * dayMs),
        private: { by: { value: first, person: first }, second },
      })
      return pos
    }
  }
}

const dayMs = 86_400_000

/** The erasure that a proposal has already led to: whose it was the list no longer knows. */
async function erasedBecause(proposal: Pos, { reader }: Here): Promise<Pos | null> {
  const rows = await reader.query<{ pos: string }>(
    'select pos from ledger.because where cause = $1 order by pos',
    [proposal],
  )
  for (const { pos } of rows) {
    const fact = await reader.fact(Number(pos))
    if (fact?.type === privacyErased.name) return fact.pos
  }
  return null
}

async function recordAmendment(
  type: FactType,
  body: object,
  ports: Here,
  said: Readonly<{ by: string; second: string; reason: string; identity: string }>,
): Promise<Pos> {
  const { by, second, reason, identity } = said
  const words = { second: { person: second }, reason: { text: reason } }
  const line = JSON.stringify({ type: type.name, body, private: words, identity })
  const { complaints, lastLine } = await ports.record(line, { by, dry: false })
  if (complaints[0] !== undefined) throw complaints[0].error
  return lastLine!
}
