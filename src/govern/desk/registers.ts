import type { Fact } from '../../core/fact.ts'
import { tellOf, type ViewAction } from '../../core/register/action.ts'
import { type PlainRow, plainRegister } from '../../core/register/plain.ts'
import type { PlainColumn } from '../../core/register/plain-column.ts'
import { cellError } from '../../core/register/table.ts'
import * as facts from './facts.ts'

const slug = /^[a-z][a-z0-9-]{0,39}$/
const keyOf = (field: string) => (fact: Pick<Fact, 'body'>) =>
  (fact.body as Record<string, string>)[field] ?? ''

/** The day, in UTC, on which somebody tried it. */
const dayOf = ({ occurred }: Fact): string => occurred.slice(0, 10)

/** By which ways somebody is reached: telephone, mail, messenger. */
const ways: PlainColumn = {
  ...{ name: 'ways', field: 'ways', kind: 'text', width: 30, most: 500, isPersonal: true },
  names: ['reachable by', '連絡手段', '連絡先', '聯絡方式'],
}

const verified: PlainColumn = {
  ...{ name: 'verified', field: null, kind: 'date', width: 12, isShownOnly: true, names: [] },
}

/** Who decides when the one below cannot, and by which ways he is reached. */
const ladder = plainRegister({
  name: 'escalation',
  table: 'escalation_register',
  columns: [
    {
      ...{ name: 'role', field: 'role', kind: 'office', width: 20, pattern: slug },
      ...{ isRequired: true, isFixed: true, names: ['役割', '役職', '角色', '職位'] },
    },
    {
      ...{ name: 'level', field: 'nth', kind: 'number', width: 8, least: 1, most: 20 },
      ...{ isRequired: true, names: ['step', '段階', '層級'] },
    },
    {
      ...{ name: 'levels', field: 'of', kind: 'number', width: 8, least: 1, most: 20 },
      ...{ isRequired: true, names: ['steps', 'levels in all', '全段階', '總層級'] },
    },
    {
      ...{ name: 'incidents', field: 'kinds', kind: 'list', width: 24, pattern: slug, most: 16 },
      names: ['kinds of incident', '対象の事故', '対象のインシデント', '事件類別'],
    },
    ways,
    verified,
    { name: 'reached', field: null, kind: 'truth', width: 10, isShownOnly: true, names: [] },
  ],
  listed: facts.stepListed,
  hints: [],
  removed: facts.stepRemoved,
  verified: 'verified',
  begun: facts.stepImportBegun,
  ended: facts.stepImportEnded,
  whole: {
    declared: facts.ladderDeclared,
    declare: (steps, hash) => ({ steps, hash }),
    compared: {
      type: facts.ladderCompared,
      tell: ({ seen, unlisted, isDeclared, hash }) => ({ seen, unlisted, isDeclared, hash }),
    },
  },
  also: {
    from: [facts.stepTested],
    keyOf: keyOf('role'),
    step({ body, told }, fact) {
      const { reachedMs } = (fact as Fact<{ reachedMs: number | null }>).body
      const reached = reachedMs === null ? 'no' : 'yes'
      return { body, told: { ...told, verified: dayOf(fact), reached } }
    },
  },
  check({ nth, of }) {
    if (Number(nth) > Number(of)) throw cellError('level', 'out of range')
  },
})

const channels = { kind: 'number', width: 8, most: 20, names: [], isRequired: true } as const

/** Every way to an outside body was tried today, and a file shows what came of it. */
const verify: ViewAction<PlainRow> = {
  ...{ name: 'verify', permission: 'write', evidence: 'evidence', isFor: () => true },
  summary:
    'Says how many of the ways to the body were tried today and how many worked, with a file',
  fields: [
    { ...channels, name: 'tried', field: 'kept', least: 1 },
    { ...channels, name: 'worked', field: 'worked', least: 0 },
  ],
  async run({ id: authority, body: { region } }, { tried, worked, evidence }, asked) {
    if (Number(worked) > Number(tried)) throw cellError('worked', 'out of range')
    const body = { region, authority, channels: { kept: tried, worked }, hash: evidence }
    await tellOf({ type: facts.contactVerified, body }, asked)
  },
}

/** Outside bodies to turn to, and when somebody last made sure that the ways to them work. */
const contacts = plainRegister({
  name: 'contact',
  table: 'contact_register',
  columns: [
    {
      ...{ name: 'body', field: 'authority', kind: 'code', width: 20, pattern: slug },
      ...{ isRequired: true, isFixed: true, names: ['authority', '機関', '団体', '機關', '單位'] },
    },
    {
      ...{ name: 'region', field: 'region', kind: 'choice', width: 14, isRequired: true },
      ...{ choices: facts.contactRegions, names: ['地域', '地區'] },
    },
    {
      ...{ name: 'kind', field: 'kind', kind: 'choice', width: 12, isRequired: true },
      ...{ choices: facts.contactKinds, names: ['種別', '類別'] },
    },
    ways,
    verified,
    { name: 'worked', field: null, kind: 'number', width: 8, isShownOnly: true, names: [] },
    { name: 'tried', field: null, kind: 'number', width: 8, isShownOnly: true, names: [] },
  ],
  listed: facts.contactListed,
  removed: facts.contactRemoved,
  verified: 'verified',
  actions: [verify],
  begun: facts.contactImportBegun,
  ended: facts.contactImportEnded,
  also: {
    from: [facts.contactVerified],
    // Its key is the region, for a control asks for one body of each.
    unkeyed: [facts.contactVerified],
    keyOf: keyOf('authority'),
    step({ body, told }, fact) {
      const { channels } = (fact as Fact<{ channels: { kept: number; worked: number } }>).body
      const counts = { worked: String(channels.worked), tried: String(channels.kept) }
      return { body, told: { ...told, ...counts, verified: dayOf(fact) } }
    },
  },
})

export const registers = [ladder, contacts]
