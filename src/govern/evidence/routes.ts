import { z } from 'zod'
import { OkiteError } from '../../core/error.ts'
import type { Pos } from '../../core/fact.ts'
import { claimAccepted } from '../../core/facts.ts'
import { locales } from '../../core/i18n/locale.ts'
import { defineRoute } from '../../core/module.ts'
import { fieldSchema, fieldsOf } from '../../core/record/fields.ts'
import {
  confirm,
  decline,
  type Here,
  isPersonal,
  propose,
  say,
  textOf,
  typeAsTold,
} from './change.ts'
import { changeKinds, claimRefused, evidenceAttached } from './facts.ts'
import {
  factSchema,
  healthSchema,
  readAbout,
  readFact,
  readHealth,
  readRows,
  readSelf,
  rowSchema,
} from './read.ts'
import { search, typesOnList } from './search.ts'
import type { ChangeRow, HoldRow } from './show.ts'

const instant = z.iso.datetime({ precision: 3 })
const position = z.int().nonnegative()
const asPosition = z.coerce.number().pipe(position)
const key = z.string().min(8).max(100)
const text = z.string().trim().min(1).max(4_000)
const said = z.object({ pos: z.int() })

/** A page of a list: as many as a screen shows at once, a few times over. */
const pageMax = 200

const find = defineRoute({
  method: 'get',
  path: '/evidence/facts',
  permission: 'evidence.read',
  summary:
    'Searches the list, the newest first; `next` is where to go on, also when nothing was found yet',
  query: z.strictObject({
    type: z.string().max(200).optional(),
    module: z.string().max(100).optional(),
    subject: z.string().min(1).max(200).optional(),
    /** The identifier of somebody who stands in a private slot. */
    person: z.string().min(1).max(320).optional(),
    from: instant.optional(),
    to: instant.optional(),
    trust: z.enum(['instrument', 'record', 'claim']).optional(),
    text: z.string().trim().min(2).max(200).optional(),
    /** Claims for which nobody has stood yet. */
    waiting: z.enum(['true']).optional(),
    before: asPosition.optional(),
    limit: z.coerce.number().pipe(z.int().min(1).max(pageMax)).default(50),
  }),
  response: z.object({ facts: z.array(rowSchema), next: z.int().nullable(), size: z.int() }),
  async run({ query, principal }, ports) {
    const { reader } = ports
    const { type, module, person, waiting, ...rest } = query
    // Whom a private slot names is a private value: asking for a person is reading it.
    if (person !== undefined && !principal.permissions.has('evidence.private'))
      throw new OkiteError('EVIDENCE_FORBIDDEN', { kind: 'person' })
    const ref = person === undefined ? null : ((await reader.refs([person])).get(person) ?? '')
    const size = await reader.size()
    const types = await typesOf(type, module, ports)
    if (ref === '' || types?.length === 0) return { facts: [], next: null, size }
    const { positions, next } = await search(
      {
        ...defined(rest),
        limit: query.limit,
        ...(types !== null && { types }),
        ...(ref !== null && { ref }),
        isWaiting: waiting !== undefined,
      },
      reader,
    )
    return { facts: await readRows(positions, ports), next, size }
  },
})

/** What is not asked for is not there. */
const defined = <T extends object>(given: T) =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }

async function typesOf(
  type: string | undefined,
  module: string | undefined,
  { reader }: Here,
): Promise<readonly string[] | null> {
  if (type === undefined && module === undefined) return null
  const all = await typesOnList(reader)
  return all
    .filter(one => type === undefined || one.type === type)
    .filter(one => module === undefined || one.module === module)
    .map(one => one.type)
}

const types = defineRoute({
  method: 'get',
  path: '/evidence/types',
  permission: 'evidence.read',
  summary: 'The types of facts that are on the list, with the modules that own them',
  response: z.object({ types: z.array(z.object({ type: z.string(), module: z.string() })) }),
  run: async (_, { reader }) => ({ types: [...(await typesOnList(reader))] }),
})

const one = defineRoute({
  method: 'get',
  path: '/evidence/facts/{pos}',
  permission: 'evidence.read',
  evidence: ({ params }) => `fact ${params.pos}`,
  summary:
    'One fact: its three times, what it rests on and what rests on it, its files and its proof',
  params: z.strictObject({ pos: asPosition }),
  response: factSchema,
  async run({ params, principal }, ports) {
    const fact = await needFact(params.pos, ports)
    return readFact(fact, await readSelf(principal, ports.reader), ports)
  },
})

const form = defineRoute({
  method: 'get',
  path: '/evidence/facts/{pos}/form',
  permission: 'evidence.change',
  summary: 'The fields in which a fact is corrected; null: its type has changed since it was told',
  params: z.strictObject({ pos: asPosition }),
  query: z.strictObject({ locale: z.enum(locales) }),
  response: z.object({ fields: z.array(fieldSchema).nullable() }),
  async run({ params, query }, ports) {
    const type = typeAsTold(await needFact(params.pos, ports), ports)
    if (type === null) return { fields: null }
    return { fields: [...fieldsOf(type, ports.messages, query.locale, ports.policy.roles).fields] }
  },
})

async function needFact(pos: Pos, { reader }: Pick<Here, 'reader'>) {
  const fact = await reader.fact(pos)
  if (fact === null)
    throw new OkiteError('EVIDENCE_TARGET', { target: pos, why: 'not on the list' })
  return fact
}

const file = defineRoute({
  method: 'get',
  path: '/evidence/files/{sha256}',
  permission: 'evidence.read',
  evidence: ({ params }) => `file ${params.sha256}`,
  summary: 'A kept file, for saving',
  params: z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  sendsFile: true,
  response: z.string(),
  run: async ({ params }) => params.sha256,
})

const link = z
  .url({ protocol: /^https?$/ })
  .max(1_000)
  .refine(address => {
    const { username, password } = new URL(address)
    return username === '' && password === ''
  })

const attach = defineRoute({
  method: 'post',
  path: '/evidence/attach',
  permission: 'evidence.attach',
  summary: 'Adds files and addresses to a fact',
  upload: { filesMax: 16, sizeBytesMax: settings => Number(settings['fileBytesMax']) },
  body: z.strictObject({
    target: position,
    links: z.array(link).max(16).default([]),
    note: text.nullable().default(null),
    key,
  }),
  response: said,
  async run({ body, files, principal }, ports) {
    const { target, links, note } = body
    await needFact(target, ports)
    if (files.length + links.length === 0) throw new OkiteError('EVIDENCE_NOTHING')
    const self = await readSelf(principal, ports.reader)
    const kept: string[] = []
    for (const each of files) kept.push((await each.keep(self.identifier)).sha256)
    const pos = await say(
      evidenceAttached,
      { target, files: [...new Set(kept)], links: [...new Set(links)] },
      self,
      { note: note === null ? null : textOf(self, note) },
      `attach ${self.ref ?? ''} ${body.key}`,
      ports,
    )
    return { pos }
  },
})

const decide = defineRoute({
  method: 'post',
  path: '/evidence/claims/decide',
  permission: 'evidence.accept',
  summary: 'As a second person: stands for a claim, or refuses it',
  body: z.strictObject({
    target: position,
    isAccepted: z.boolean(),
    reason: text.nullable().default(null),
  }),
  response: said,
  async run({ body, principal }, ports) {
    const { target, isAccepted, reason } = body
    const self = await readSelf(principal, ports.reader)
    const fact = await needFact(target, ports)
    if (fact.trust !== 'claim') throw new OkiteError('EVIDENCE_NO_CLAIM', { target })
    if (self.ref !== null && Object.values(fact.refs).includes(self.ref))
      throw new OkiteError('EVIDENCE_SECOND_PERSON')
    const about = (await readAbout([target], ports.reader)).get(target) ?? []
    if (about.some(({ what }) => what === 'retracted'))
      throw new OkiteError('EVIDENCE_TARGET', { target, why: 'taken back' })
    if (isAccepted) return accept(target, self.identifier, ports)
    const given = { reason: reason === null ? null : textOf(self, reason) }
    const identity = `refuse ${target} ${self.ref ?? ''}`
    return { pos: await say(claimRefused, { target }, self, given, identity, ports) }
  },
})

async function accept(target: Pos, by: string, ports: Here): Promise<{ pos: Pos }> {
  const line = JSON.stringify({ type: claimAccepted.name, body: { target } })
  const { complaints, lastLine } = await ports.record(line, { by, dry: false, anew: true })
  if (complaints[0] !== undefined) throw complaints[0].error
  return { pos: lastLine! }
}

const proposeChange = defineRoute({
  method: 'post',
  path: '/evidence/changes',
  permission: 'evidence.change',
  summary: 'Asks that a fact be taken back or corrected, or a person’s values be erased or held',
  body: z.strictObject({
    kind: z.enum(changeKinds),
    target: position.nullable().default(null),
    body: z.json().default(null),
    ground: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{0,79}$/)
      .nullable()
      .default(null),
    person: z.string().min(1).max(320).nullable().default(null),
    reason: text,
    key,
  }),
  response: said,
  async run({ body, principal }, ports) {
    const { key: own, ...asked } = body
    return { pos: await propose(asked, await readSelf(principal, ports.reader), ports, own) }
  },
})

const confirmChange = defineRoute({
  method: 'post',
  path: '/evidence/changes/confirm',
  permission: 'evidence.change',
  summary: 'As a second person: agrees, and it is done',
  body: z.strictObject({ proposal: position }),
  response: said,
  async run({ body, principal }, ports) {
    return { pos: await confirm(body.proposal, await readSelf(principal, ports.reader), ports) }
  },
})

const declineChange = defineRoute({
  method: 'post',
  path: '/evidence/changes/decline',
  permission: 'evidence.change',
  summary: 'Does not agree, or takes back what he asked for',
  body: z.strictObject({ proposal: position, reason: text }),
  response: said,
  async run({ body, principal }, ports) {
    const self = await readSelf(principal, ports.reader)
    return { pos: await decline(body.proposal, body.reason, self, ports) }
  },
})

const changesSchema = z.object({
  changes: z.array(
    z.object({
      proposal: z.int(),
      recorded: z.string(),
      kind: z.string(),
      target: z.int().nullable(),
      body: z.json(),
      /** The fact that is to be taken back or corrected, as it stands. */
      about: rowSchema.nullable(),
      ground: z.string().nullable(),
      by: z.string().nullable(),
      person: z.string().nullable(),
      reason: z.string().nullable(),
      decided: z.int().nullable(),
      /** Whether who asks may confirm it. */
      mayConfirm: z.boolean(),
    }),
  ),
})

export type ChangesAnswer = z.infer<typeof changesSchema>

const changes = defineRoute({
  method: 'get',
  path: '/evidence/changes',
  permission: 'evidence.change',
  summary: 'Changes that wait for a second person, or that were decided; the newest first',
  query: z.strictObject({
    state: z.enum(['open', 'confirmed', 'declined']).default('open'),
    before: asPosition.optional(),
  }),
  response: changesSchema,
  async run({ query, principal }, ports) {
    const { reader } = ports
    const self = await readSelf(principal, reader)
    const rows = await reader.query<ChangeRow>(
      `select * from evidence_change where state = $1 and proposal::bigint < $2
       order by proposal::bigint desc limit $3`,
      [query.state, query.before ?? Number.MAX_SAFE_INTEGER, pageMax],
    )
    const shown = rows.filter(({ kind }) => !isPersonal(kind) || self.can('evidence.erase'))
    const positions = shown.map(({ proposal }) => Number(proposal))
    const texts = await reader.discloseAll(positions, ['by', 'person', 'reason'])
    const facts = await readRows(positions, ports)
    const targets = shown.flatMap(({ target }) => (target === null ? [] : [Number(target)]))
    const about = new Map((await readRows(targets, ports)).map(fact => [fact.pos, fact]))
    return {
      changes: shown.map((row, nth) => {
        const { by = null, person = null, reason = null } = texts.get(positions[nth]!) ?? {}
        const { recorded, body } = facts[nth]!
        const asked = body as { body: null; ground: string | null }
        return {
          ...{ proposal: positions[nth]!, recorded, kind: row.kind, by, person, reason },
          ...{ body: asked.body, ground: asked.ground },
          target: row.target === null ? null : Number(row.target),
          about: about.get(Number(row.target ?? Number.NaN)) ?? null,
          decided: row.decided === null ? null : Number(row.decided),
          mayConfirm: self.ref !== row.by && (row.person === null || self.ref !== row.person),
        }
      }),
    }
  },
})

const holds = defineRoute({
  method: 'get',
  path: '/evidence/holds',
  permission: 'evidence.erase',
  summary: 'Whose values nobody may erase, and why',
  response: z.object({
    holds: z.array(
      z.object({
        hold: z.int(),
        person: z.string().nullable(),
        reason: z.string().nullable(),
      }),
    ),
  }),
  async run(_, { reader }) {
    const rows = await reader.query<HoldRow>(
      'select * from evidence_hold order by hold::bigint desc limit $1',
      [pageMax],
    )
    const positions = rows.map(({ hold }) => Number(hold))
    const texts = await reader.discloseAll(positions, ['person', 'reason'])
    return {
      holds: positions.map(hold => {
        const { person = null, reason = null } = texts.get(hold) ?? {}
        return { hold, person, reason }
      }),
    }
  },
})

const health = defineRoute({
  method: 'get',
  path: '/evidence/ledger',
  permission: 'evidence.read',
  summary:
    'How long the list is, who signs it, whether judges keep up, and what the last check found',
  response: healthSchema,
  run: (_, ports) => readHealth(ports),
})

export const routes = [
  ...[find, types, one, form, file, attach, decide],
  ...[proposeChange, confirmChange, declineChange, changes, holds, health],
]

export type FindFacts = typeof find
export type GetTypes = typeof types
export type GetFactDetail = typeof one
export type GetForm = typeof form
export type Attach = typeof attach
export type DecideClaim = typeof decide
export type ProposeChange = typeof proposeChange
export type ConfirmChange = typeof confirmChange
export type DeclineChange = typeof declineChange
export type GetChanges = typeof changes
export type GetHolds = typeof holds
export type GetHealth = typeof health
