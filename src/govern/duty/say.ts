import { OkiteError } from '../../core/error.ts'
import type { FactType, Pos } from '../../core/fact.ts'
import { claimAccepted } from '../../core/facts.ts'
import type { Hands, Ports } from '../../core/module.ts'
import type { Named } from './duty.ts'
import { nameOf, readPast } from './duty.ts'
import { dutyAccepted, dutyCommented, dutyDelegated, dutyRefused } from './facts.ts'
import type { Seen } from './relation.ts'
import { isHere, type Me, nowOf } from './who.ts'

type Here = Ports & Hands

/** Everything that is said of a duty here is said by who asks, now, and is shown when this resolves. */
async function say(
  type: FactType,
  body: Readonly<Record<string, unknown>>,
  me: Me,
  words: Readonly<Record<string, string | null>>,
  identity: string,
  ports: Here,
): Promise<{ pos: Pos }> {
  const now = nowOf(ports)
  const by = { value: me.identifier, person: me.identifier }
  const given = Object.entries(words).flatMap(([slot, value]) =>
    value === null ? [] : [[slot, { value, person: me.identifier }] as const],
  )
  const { pos } = await ports.submit({
    ...{ type, source: 'okite duty', occurred: now, observed: now, trust: 'record', body },
    private: { by, ...Object.fromEntries(given) },
    identity,
  })
  await ports.judged(pos)
  return { pos }
}

const aboutOf = ({ control, subject, occurrence }: Named) => ({
  ...{ control: control.id, subject, occurrence: occurrence ?? '' },
})

/** Every name that a fact about a duty may have has a period in it. @throws OkiteError `DUTY_UNKNOWN` */
function whole(named: Named): Named {
  if (named.occurrence === null) throw new OkiteError('DUTY_UNKNOWN', { duty: named.control.id })
  return named
}

export function comment(
  named: Named,
  { text, key }: Readonly<{ text: string; key: string }>,
  me: Me,
  ports: Here,
): Promise<{ pos: Pos }> {
  // No identifier of a person: an identity is kept for ever, as a hash that could be guessed.
  const identity = `comment ${me.ref ?? ''} ${key}`
  return say(dutyCommented, aboutOf(whole(named)), me, { text }, identity, ports)
}

/**
 * @throws OkiteError `DUTY_NOT_YOURS` for who does not answer for it himself, `DUTY_NOT_OWED`,
 *   `DUTY_PERSON` when nobody of this number is here
 */
export async function delegate(
  { named, owed, said, relation }: Seen,
  { to, note }: Readonly<{ to: string | null; note: string | null }>,
  me: Me,
  ports: Here,
): Promise<{ pos: Pos }> {
  const id = owed[0]?.id
  if (id === undefined) throw new OkiteError('DUTY_NOT_OWED', { duty: named.control.id })
  const isOwner = relation === 'owner' || me.can('duty.do.any')
  if (!isOwner) throw new OkiteError('DUTY_NOT_YOURS', { duty: id })
  if (to !== null && !(await isHere(to, ports.reader))) throw new OkiteError('DUTY_PERSON')
  // What stands there already is said once; the position before makes each change one of its own.
  if ((said?.delegated_to ?? null) === to && said?.delegated != null)
    return { pos: Number(said.delegated) }
  const identity = `delegate ${id} ${to} after ${said?.delegated ?? 'none'}`
  return say(dutyDelegated, { ...aboutOf(whole(named)), to }, me, { note }, identity, ports)
}

/** What a second person says of one doing. */
type Decision = Readonly<{ id: string; of: Pos; isAccepted: boolean; note: string | null }>

/** What it is about, when he may say it. @throws OkiteError `DUTY_UNKNOWN`, `DUTY_SECOND_PERSON` */
async function decidedOf({ id, of }: Pick<Decision, 'id' | 'of'>, me: Me, ports: Here) {
  const named = whole(nameOf(id, ports))
  const fact = await ports.reader.fact(of)
  const isClaim = named.occurrence === `claim-${of}`
  const { doings } = await readPast(named, ports.reader)
  const noted = doings.filter(({ body }) => body.of === of)
  const isOfIt = isClaim ? fact?.trust === 'claim' : noted.length > 0
  if (fact === null || !isOfIt) throw new OkiteError('DUTY_UNKNOWN', { duty: id.slice(0, 200) })
  const persons = [fact, ...noted].flatMap(({ refs }) => Object.values(refs))
  if (me.ref !== null && persons.includes(me.ref)) throw new OkiteError('DUTY_SECOND_PERSON')
  return { named, fact, isClaim }
}

/**
 * A second person: none of those whom the doing, or who noted it, names. Of a claim the list is told, and
 * only then it counts (V4); refused it stays what it is, and waits for nobody any more.
 *
 * @throws OkiteError `DUTY_UNKNOWN`, `DUTY_SECOND_PERSON`, those of `record`
 */
export async function accept(asked: Decision, me: Me, ports: Here): Promise<{ pos: Pos }> {
  const { of, isAccepted, note } = asked
  const { named, isClaim } = await decidedOf(asked, me, ports)
  if (isClaim && isAccepted) {
    const line = JSON.stringify({ type: claimAccepted.name, body: { target: of } })
    const { complaints } = await ports.record(line, { by: me.identifier, dry: false, anew: true })
    if (complaints[0] !== undefined) throw complaints[0].error
  }
  const type = isAccepted ? dutyAccepted : dutyRefused
  const identity = `${type.name} ${of} ${me.ref ?? ''}`
  return say(type, { ...aboutOf(named), of }, me, { note }, identity, ports)
}

/**
 * Several claims of one type, each of which he has looked at. All of them are his to accept, or none is
 * accepted; what is accepted when the program ends in between is known again.
 *
 * @throws OkiteError `DUTY_CLAIMS`, those of `accept`
 */
export async function acceptAll(
  claims: readonly Pick<Decision, 'id' | 'of'>[],
  note: string | null,
  me: Me,
  ports: Here,
): Promise<void> {
  const types = new Set<string>()
  for (const claim of claims) {
    const { fact, isClaim } = await decidedOf(claim, me, ports)
    if (!isClaim) throw new OkiteError('DUTY_UNKNOWN', { duty: claim.id.slice(0, 200) })
    types.add(fact.type)
  }
  if (types.size > 1) throw new OkiteError('DUTY_CLAIMS')
  for (const claim of claims) await accept({ ...claim, isAccepted: true, note }, me, ports)
}
