import { z } from 'zod'
import { OkiteError } from '../../core/error.ts'
import { locales } from '../../core/i18n/locale.ts'
import { defineRoute, type Ports } from '../../core/module.ts'
import { fieldSchema, fieldsOf } from '../../core/record/fields.ts'
import { foundSchema } from '../../core/register/choices.ts'
import { readSaidOf } from './board.ts'
import { detailSchema, readDetail } from './detail.ts'
import { doDuty, filesMax } from './do.ts'
import { type Duty, dutiesMax, nameOf } from './duty.ts'
import { givenBy } from './form.ts'
import { readNotice } from './mail.ts'
import { once } from './once.ts'
import { readView, seeDuty } from './relation.ts'
import { accept, comment, delegate } from './say.ts'
import type { NoticeRow } from './show.ts'
import { occurrenceOf } from './text.ts'
import { dutyViewSchema, viewsOf } from './view.ts'
import { calledPeople, identifierOf, readMe, readOffices, searchPeople } from './who.ts'
import { wordsOf } from './words.ts'

const locale = z.enum(locales)
const id = z.string().min(3).max(800)

/** Rows of one page of a list. */
const pageMax = 200

const listQuery = z.strictObject({
  locale,
  /** The id of the last row that one has. */
  after: id.optional(),
  limit: z.coerce.number().pipe(z.int().min(1).max(pageMax)).default(50),
  role: z.string().max(80).optional(),
  person: z.string().max(40).optional(),
  state: z.enum(['open', 'late', 'accept']).optional(),
  /** Due before this instant. */
  dueBy: z.iso.datetime({ precision: 3 }).optional(),
  control: z.string().max(200).optional(),
  /** As a list names it. */
  occurrence: z.string().max(200).optional(),
  subject: z.string().max(400).optional(),
  /** What somebody types to find one: in its title, its period, its subject or its office. */
  find: z.string().trim().min(1).max(200).optional(),
  /** One row for all of a control; or, of a control that has several subjects, for all of a subject. */
  together: z.enum(['control', 'subject']).optional(),
})

const pageSchema = z.object({
  now: z.string(),
  /** Of a row that stands for several: how many, of how many subjects, and whether of one period. */
  duties: z.array(
    dutyViewSchema.extend({ alike: z.int(), subjects: z.int(), isOnePeriod: z.boolean() }),
  ),
  /** How many there are in all, as far as they were read, and of those that are late. */
  count: z.int(),
  late: z.int(),
  isCut: z.boolean(),
  /** Whether the list knows which entry of the register is who asks: without one no office finds him. */
  isInRegister: z.boolean(),
  next: z.string().nullable(),
})

type Query = z.infer<typeof listQuery>

/** A list of duties: `view` says whose. What is read has a limit, and where it is cut that is said. */
async function page(
  view: Parameters<typeof readView>[0],
  query: Query,
  principal: Parameters<typeof readMe>[0],
  ports: Ports,
): Promise<z.infer<typeof pageSchema>> {
  const me = await readMe(principal, ports)
  const offices = await readOffices(ports)
  const found = await readView(view, me, ports, dutiesMax)
  const said = await readSaidOf(found, ports)
  const isOf = ({ role, id }: Duty, person: string) =>
    offices.of(role).people.includes(person) || said.get(id)?.delegated_to === person
  const words = wordsOf({ ...ports, locale: query.locale })
  const find = query.find?.toLocaleLowerCase()
  const isFound = (duty: Duty, text: string) =>
    [
      ...[words.control(duty.control.id), occurrenceOf(duty.occurrence, words)],
      ...[duty.subject, words.role(duty.role)],
    ].some(each => each.toLocaleLowerCase().includes(text))
  const wanted = found.filter(
    duty =>
      (query.role === undefined || duty.role === query.role) &&
      (query.person === undefined || isOf(duty, query.person)) &&
      (query.dueBy === undefined || (duty.due !== null && duty.due <= query.dueBy)) &&
      (query.state === undefined || stateOf(duty) === query.state) &&
      (query.control === undefined || duty.control.id === query.control) &&
      (query.subject === undefined || duty.subject === query.subject) &&
      (find === undefined || isFound(duty, find)),
  )
  const isOfOne = new Set(wanted.map(({ subject }) => subject)).size < 2
  const isAlone = query.together === undefined || (query.together === 'subject' && isOfOne)
  // What is late and what is not stand in other parts of a list, and so does what another does.
  const nameOfRow = (duty: Duty) =>
    isAlone
      ? duty.id
      : [
          ...[duty.control.id, query.together === 'subject' ? duty.subject : ''],
          ...[duty.what, duty.isLate, said.get(duty.id)?.delegated_to ?? ''],
        ].join('\n')
  const rowsOf = [...Map.groupBy(wanted, nameOfRow).values()]
  // A row that is done meanwhile is no place to go on from: then the list is read from its beginning.
  const at = query.after === undefined ? -1 : rowsOf.findIndex(([one]) => one?.id === query.after)
  const rows = rowsOf.slice(at + 1, at + 1 + query.limit)
  const firsts = rows.flatMap(([one]) => one ?? [])
  const isMore = rowsOf.length > at + 1 + rows.length
  const views = await viewsOf(firsts, { said, offices, me, locale: query.locale }, ports)
  return {
    now: new Date(ports.clock.nowMs()).toISOString(),
    duties: views.map((view, nth) => ({ ...view, ...sumOf(rows[nth] ?? []) })),
    count: wanted.length,
    late: wanted.filter(({ isLate }) => isLate).length,
    isCut: found.length >= dutiesMax,
    isInRegister: me.person !== null,
    next: isMore ? (firsts.at(-1)?.id ?? null) : null,
  }
}

const sumOf = (row: readonly Duty[]) => ({
  alike: row.length,
  subjects: new Set(row.map(({ subject }) => subject)).size,
  isOnePeriod: new Set(row.map(({ occurrence }) => occurrence)).size < 2,
})

const stateOf = (duty: Duty): 'open' | 'late' | 'accept' =>
  duty.what === 'accept' ? 'accept' : duty.isLate ? 'late' : 'open'

const mine = defineRoute({
  method: 'get',
  path: '/duties/mine',
  permission: 'duty.read',
  summary: 'What the person who asks owes, for whom he does it, and what is about him',
  query: listQuery,
  response: pageSchema,
  run: ({ query, principal }, ports) => page('mine', query, principal, ports),
})

const delegated = defineRoute({
  method: 'get',
  path: '/duties/delegated',
  permission: 'duty.read',
  summary: 'What he has others do',
  query: listQuery,
  response: pageSchema,
  run: ({ query, principal }, ports) => page('delegated', query, principal, ports),
})

const all = defineRoute({
  method: 'get',
  path: '/duties',
  permission: 'duty.read.all',
  summary: 'Everything that anybody owes, the soonest first',
  query: listQuery,
  response: pageSchema,
  run: ({ query, principal }, ports) => page('all', query, principal, ports),
})

const one = defineRoute({
  method: 'get',
  path: '/duties/one',
  permission: 'duty.read',
  summary: 'One duty: how it stands, how it went, what was said of it',
  query: z.strictObject({ id, locale }),
  response: detailSchema,
  async run({ query, principal }, ports) {
    const me = await readMe(principal, ports)
    const seen = await seeDuty(query.id, me, ports, 'duty.read.all')
    return readDetail(seen, me, query.locale, ports)
  },
})

const form = defineRoute({
  method: 'get',
  path: '/duties/form',
  permission: 'duty.do',
  summary: 'What has to be given to do a duty',
  query: z.strictObject({ id, type: z.string().max(200).optional(), locale }),
  response: z.object({
    forms: z.array(
      z.object({
        type: z.string(),
        title: z.string(),
        fields: z.array(fieldSchema),
        slots: z.array(
          z.object({ slot: z.string(), label: z.string(), kind: z.enum(['person', 'text']) }),
        ),
        isClaimable: z.boolean(),
        /** What the duty says itself: of whom it is, and for which period. */
        given: z.record(z.string(), z.string()),
      }),
    ),
    evidence: z.object({ filesMax: z.int(), sizeBytesMax: z.int() }),
  }),
  async run({ query, principal }, ports) {
    const me = await readMe(principal, ports)
    const { owed, named, relation } = await seeDuty(query.id, me, ports, 'duty.do.any')
    const isOfHimself = relation === 'subject' && !me.can('duty.do.any')
    const all = [...new Set(owed.flatMap(duty => duty.types))]
    const types = isOfHimself ? all.filter(({ bySubject }) => bySubject) : all
    if (types.length < all.length && types.length === 0)
      throw new OkiteError('DUTY_NOT_YOURS', { duty: query.id })
    const wanted = types.filter(({ name }) => query.type === undefined || name === query.type)
    if (wanted.length === 0) throw new OkiteError('DUTY_NOT_OWED', { duty: query.id })
    const forms = wanted.map(type => {
      const { title, fields, slots } = fieldsOf(
        type,
        ports.messages,
        query.locale,
        ports.policy.roles,
      )
      const isClaimable = type.trusts.includes('claim')
      const given = givenBy(type, { occurrence: named.occurrence ?? '', subject: named.subject })
      return { type: type.name, title, fields: [...fields], slots: [...slots], isClaimable, given }
    })
    const sizeBytesMax = Number(ports.settings['evidenceBytesMax'])
    return { forms, evidence: { filesMax, sizeBytesMax } }
  },
})

const pairs = (length: number) =>
  z.record(z.string().max(80), z.string().min(1).max(length)).default({})

const doBody = z.strictObject({
  id,
  locale,
  /** Made up by who asks: sent again, it is done once. */
  key: z.string().min(8).max(100),
  type: z.string().max(200).nullable().default(null),
  fields: z.record(z.string().max(80), z.json()).default({}),
  /** Fields that hold the hash of a file: by path, the name of the file. */
  fileFields: pairs(1_000),
  persons: pairs(320),
  texts: pairs(4_000),
  /** When it was done, if not now: then a second person has to accept it. */
  when: z.iso.datetime({ offset: true }).nullable().default(null),
  isAnyway: z.boolean().default(false),
  /** Nothing is kept or recorded: only whether it would be. */
  isTrial: z.boolean().default(false),
})

const perform = defineRoute({
  method: 'post',
  path: '/duties/do',
  permission: 'duty.do',
  summary: 'Does a duty with its evidence',
  upload: { filesMax, sizeBytesMax: settings => Number(settings['evidenceBytesMax']) },
  body: doBody,
  response: z.object({
    type: z.string(),
    pos: z.int().nullable(),
    isKnown: z.boolean(),
    files: z.array(
      z.object({
        sha256: z.string(),
        sizeBytes: z.int(),
        mediaType: z.string(),
        name: z.string(),
      }),
    ),
    /** What of it is still owed. */
    left: z.array(dutyViewSchema),
  }),
  async run({ body, files, principal }, ports) {
    const me = await readMe(principal, ports)
    const { relation, said, offices } = await seeDuty(body.id, me, ports, 'duty.do.any')
    const isOfHimself = relation === 'subject' && !me.can('duty.do.any')
    const by = me.identifier
    const doing = {
      ...{ by, type: body.type, fact: body.fields, locale: body.locale, isOfHimself },
      when: body.when,
      set: Object.entries(body.fileFields).map(([path, name]) => [path, `@${name}`] as const),
      persons: await identified(body.persons, ports),
      texts: Object.entries(body.texts),
      files: files.map(({ file, keep }) => ({ look: async () => file, keep: () => keep(by) })),
      ...{ dry: body.isTrial, isAnyway: body.isAnyway && me.can('duty.do.any') },
    }
    const hashes = files.map(({ file }) => file.sha256)
    const done = await once(by, body.key, [body, hashes], () => doDuty(body.id, doing, ports))
    const about = { said: new Map(said && [[said.duty, said]]), offices, me, locale: body.locale }
    return { ...done, files: [...done.files], left: await viewsOf(done.left, about, ports) }
  },
})

/** Whoever is of the register is named by his number there; others as they are known. */
const identified = (persons: Readonly<Record<string, string>>, { reader }: Ports) =>
  Promise.all(
    Object.entries(persons).map(
      async ([slot, one]) =>
        [slot, /^p-[a-z0-9]{1,24}$/.test(one) ? await identifierOf(one, reader) : one] as const,
    ),
  )

const people = defineRoute({
  method: 'get',
  path: '/duties/people',
  permission: 'duty.delegate',
  summary: 'People who are here, by a part of their name: to delegate to, or to name in a form',
  query: z.strictObject({
    search: z.string().trim().max(80).default(''),
    /** Instead of a search: how these are called, by their numbers with a space between each two. */
    values: z.string().max(8_000).optional(),
  }),
  response: foundSchema,
  run: ({ query: { search, values } }, { reader }) =>
    values === undefined ? searchPeople(search, reader) : calledPeople(values.split(' '), reader),
})

const said = z.object({ pos: z.int() })
const text = z.string().trim().min(1).max(4_000)

const commentOn = defineRoute({
  method: 'post',
  path: '/duties/comment',
  permission: 'duty.comment',
  summary: 'Says something about a duty',
  body: z.strictObject({ id, text, key: z.string().min(8).max(100) }),
  response: said,
  async run({ body, principal }, ports) {
    const me = await readMe(principal, ports)
    await seeDuty(body.id, me, ports, 'duty.read.all')
    return comment(nameOf(body.id, ports), body, me, ports)
  },
})

const delegateTo = defineRoute({
  method: 'post',
  path: '/duties/delegate',
  permission: 'duty.delegate',
  summary: 'Has another do a duty, or takes it back; who delegates answers for it all the same',
  body: z.strictObject({
    id,
    to: z.string().max(40).nullable(),
    note: text.nullable().default(null),
  }),
  response: said,
  async run({ body, principal }, ports) {
    const me = await readMe(principal, ports)
    const seen = await seeDuty(body.id, me, ports, 'duty.do.any')
    return delegate(seen, body, me, ports)
  },
})

const decide = defineRoute({
  method: 'post',
  path: '/duties/accept',
  permission: 'duty.accept',
  summary: 'As a second person: accepts what was done, or refuses it',
  body: z.strictObject({
    id,
    /** Where what was done stands on the list. */
    of: z.int().nonnegative(),
    isAccepted: z.boolean(),
    note: text.nullable().default(null),
  }),
  response: said,
  async run({ body, principal }, ports) {
    const me = await readMe(principal, ports)
    return accept(body, me, ports)
  },
})

const notices = defineRoute({
  method: 'get',
  path: '/duties/notices',
  permission: 'duty.notices',
  summary: 'What people are told, the newest first, and whether a mail was sent',
  query: z.strictObject({
    locale,
    before: z.coerce.number().pipe(z.int().nonnegative()).optional(),
  }),
  response: z.object({
    notices: z.array(
      z.object({
        notice: z.int(),
        person: z.string(),
        day: z.string(),
        state: z.enum(['open', 'sent', 'failed']),
        code: z.string().nullable(),
        name: z.string().nullable(),
        subject: z.string(),
        /** Whole, with the link: to be copied where no mail is sent. */
        text: z.string(),
      }),
    ),
  }),
  async run({ query }, ports) {
    const rows = await ports.reader.query<NoticeRow>(
      `select * from duty_notice where notice::bigint < $1 order by notice::bigint desc limit $2`,
      [query.before ?? Number.MAX_SAFE_INTEGER, noticesMax],
    )
    return {
      notices: await Promise.all(
        rows.map(async row => ({
          ...row,
          notice: Number(row.notice),
          ...(await readNotice(Number(row.notice), query.locale, ports)),
        })),
      ),
    }
  },
})

/** Notices of a page: each is worded. */
const noticesMax = 50

export const routes = [
  notices,
  mine,
  delegated,
  all,
  one,
  form,
  people,
  perform,
  commentOn,
  delegateTo,
  decide,
]

export type GetMine = typeof mine
export type GetDelegated = typeof delegated
export type GetAll = typeof all
export type GetDuty = typeof one
export type GetForm = typeof form
export type DoDuty = typeof perform
export type CommentOn = typeof commentOn
export type DelegateTo = typeof delegateTo
export type Decide = typeof decide
export type GetNotices = typeof notices
export type GetPeople = typeof people
