import { compareText } from '../../core/control/match.ts'
import { OkiteError } from '../../core/error.ts'
import type { Ports } from '../../core/module.ts'
import { lastInstant } from '../../core/time.ts'
import { claimKey, claimRefused } from '../evidence/facts.ts'
import { readBoard, readBoardOf, readSaid, readSaidOf } from './board.ts'
import {
  type Duty,
  dutiesOf,
  findDuties,
  type Named,
  nameOf,
  readOfSubject,
  rolesOf,
} from './duty.ts'
import type { SaidRow } from './show.ts'
import { type Me, type Offices, readOffices } from './who.ts'

/** How somebody stands to a duty. `subject`: it is about him, and others see to it. */
export type Relation = 'owner' | 'delegate' | 'subject' | 'none'

type Here = Pick<Ports, 'clock' | 'controls' | 'policy' | 'reader'>

export const relationOf = (
  { role, subject }: Pick<Duty, 'role' | 'subject'>,
  said: SaidRow | undefined,
  { person }: Me,
  offices: Offices,
): Relation => {
  if (person === null) return 'none'
  if (said?.delegated_to === person) return 'delegate'
  if (offices.of(role).people.includes(person)) return 'owner'
  return subject === person || subject.startsWith(`${person}/`) ? 'subject' : 'none'
}

export type View = 'mine' | 'delegated' | 'accept' | 'all'

/** Duties that one person delegated, or was delegated: what he can keep in mind. */
const delegatedMax = 1_000

/**
 * The duties that somebody has to do with, the soonest first: what he owes by his offices or for another,
 * and what is about him; what he delegated; what waits for a second person and is not his own doing.
 */
export async function readView(
  view: View,
  me: Me,
  ports: Here,
  countMax: number,
): Promise<readonly Duty[]> {
  const offices = await readOffices(ports)
  switch (view) {
    case 'all':
      return first(await readBoard(ports), countMax)
    case 'accept': {
      const found = first(await readBoard(ports), countMax)
      return secondOf(
        found.filter(({ what }) => what === 'accept'),
        me,
        ports,
      )
    }
    case 'delegated': {
      const duties = await readDelegated('delegated_by', me.ref, ports)
      return inOrder(duties).slice(0, countMax)
    }
    case 'mine': {
      if (me.person === null) return []
      const roles = offices.heldBy(me.person, rolesOf(ports))
      const [owned, delegated, about] = await Promise.all([
        roles.length === 0 ? [] : readBoardOf(roles, ports),
        readDelegated('delegated_to', me.person, ports),
        readOfSubject(ports, me.person),
      ])
      const all = new Map([...owned, ...delegated, ...about].map(duty => [duty.id, duty]))
      const mine = [...all.values()].filter(({ what }) => what === 'do')
      return inOrder(mine).slice(0, countMax)
    }
  }
}

/** The same array where it is not too long: what is made of it is known by it. */
const first = <T>(all: readonly T[], countMax: number): readonly T[] =>
  all.length <= countMax ? all : all.slice(0, countMax)

/** Claims that he neither told nor refused, and in which he is not named. */
async function secondOf(
  claims: readonly Duty[],
  { ref }: Me,
  ports: Here,
): Promise<readonly Duty[]> {
  const said = await readSaidOf(claims, ports)
  const facts = await Promise.all(claims.map(({ claim }) => ports.reader.fact(claim ?? -1)))
  const keys = claims.map(({ claim }) => claimKey(claim ?? -1))
  const refused = await ports.reader.query<{ key: string }>(
    'select key from ledger.fact_key where type = $1 and key = any($2)',
    [claimRefused.name, keys],
  )
  const elsewhere = new Set(refused.map(({ key }) => key))
  return claims.filter(({ id, claim }, at) => {
    const isRefused =
      elsewhere.has(keys[at]!) ||
      said.get(id)?.decisions.some(one => one.of === claim && !one.isAccepted)
    const isNamed = ref !== null && Object.values(facts[at]?.refs ?? {}).includes(ref)
    return !isRefused && !isNamed
  })
}

async function readDelegated(
  column: 'delegated_to' | 'delegated_by',
  who: string | null,
  ports: Here,
): Promise<readonly Duty[]> {
  if (who === null) return []
  const rows = await ports.reader.query<SaidRow>(
    `select * from duty_said where ${column} = $1 order by duty limit $2`,
    [who, delegatedMax],
  )
  const found = await Promise.all(
    rows.map(async row => {
      const control = ports.controls.find(({ id }) => id === row.control)
      if (control === undefined) return []
      const owed = await dutiesOf({ control, subject: row.subject }, ports)
      return owed.filter(({ id }) => id === row.duty)
    }),
  )
  return found.flat()
}

const inOrder = (duties: readonly Duty[]): readonly Duty[] => {
  const due = (duty: Duty) => duty.due ?? lastInstant
  return [...duties].sort((a, b) => compareText(due(a), due(b)) || compareText(a.id, b.id))
}

/** One duty, and how somebody stands to it. */
export type Seen = Readonly<{
  named: Named
  /** What is owed under the name now; none: it is done, or has not begun. */
  owed: readonly Duty[]
  said: SaidRow | undefined
  relation: Relation
  offices: Offices
}>

/**
 * @param everyones the permission with which one may, whosever duty it is
 * @throws OkiteError `DUTY_UNKNOWN` also for who has nothing to do with it: that it exists is told to nobody else
 */
export async function seeDuty(id: string, me: Me, ports: Here, everyones: string): Promise<Seen> {
  const named = nameOf(id, ports)
  const [owed, said, offices] = await Promise.all([
    findDuties(named, ports),
    readSaid([id], ports),
    readOffices(ports),
  ])
  const role = owed[0]?.role ?? named.control.owner
  const relation = relationOf({ role, subject: named.subject }, said.get(id), me, offices)
  if (relation === 'none' && !me.can(everyones))
    throw new OkiteError('DUTY_UNKNOWN', { duty: id.slice(0, 200) })
  return { named, owed, said: said.get(id), relation, offices }
}
