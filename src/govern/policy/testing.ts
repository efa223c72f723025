import { generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Pool } from 'pg'
import type { Fact, FactType } from '../../core/fact.ts'
import { policyAdopted, statementVerdictChanged, verdictChanged } from '../../core/facts.ts'
import { readErrorDocuments } from '../../core/http/error-documents.ts'
import type { Http } from '../../core/http/http.ts'
import { createHttp } from '../../core/http/http.ts'
import type { EdgePorts } from '../../core/http/routes.ts'
import type { WebFiles } from '../../core/http/web-files.ts'
import { readWebFiles } from '../../core/http/web-files.ts'
import { concatBytes, toUtf8 } from '../../core/ledger/bytes.ts'
import type { Json } from '../../core/ledger/canonical.ts'
import { canonicalize } from '../../core/ledger/canonical.ts'
import { formatCheckpoint } from '../../core/ledger/checkpoint.ts'
import { draftLeaf } from '../../core/ledger/leaf.ts'
import { inclusionRanges, powerBelow } from '../../core/ledger/merkle.ts'
import { formatNote, formatVkey, keyIdFrom, keyIdInput } from '../../core/ledger/note.ts'
import { formatProof } from '../../core/ledger/proof.ts'
import { memoryLog, startTestServer } from '../../core/ledger/testing.ts'
import { sha256 } from '../../core/ledger/tree.ts'
import type { Reader } from '../../core/module.ts'
import { loadPack } from '../../core/policy/load.ts'
import type { Pack, Statement } from '../../core/policy/pack.ts'
import { openPolicyDesk } from '../../core/run/policy-desk.ts'
import { messagesOf } from '../../core/run/words.ts'
import policyModule from './module.ts'
import { tables } from './show.ts'
import type { Counts, Reason, Status } from './view.ts'

/**
 * A small installation for tests and screenshots: a list in memory with real proofs, this module's
 * tables in a real PostgreSQL, the HTTP edge over them. Only the reader is made here (a port).
 */

const source = join(import.meta.dirname, '../..')

export const referencePack = (): Pack => loadPack(join(source, '../policy/weemed'))

/** The pack with other controls bound to some statements. */
export const withControls = (pack: Pack, controls: Readonly<Record<number, string>>): Pack =>
  rebound(pack, statement => {
    const control = controls[statement.number]
    return control
      ? { ...statement, controls: [{ control, params: {}, assumed: [] }], awaits: [] }
      : statement
  })

/** The pack with a statement that nothing judges yet. */
export const withoutControl = (pack: Pack, number: number, awaits: readonly string[]): Pack =>
  rebound(pack, statement =>
    statement.number === number ? { ...statement, controls: [], awaits } : statement,
  )

const rebound = (pack: Pack, rebind: (statement: Statement) => Statement): Pack => ({
  ...pack,
  statements: pack.statements.map(rebind),
  sections: pack.sections.map(section => ({
    ...section,
    groups: section.groups.map(group => ({ ...group, statements: group.statements.map(rebind) })),
  })),
})

type Draft = Readonly<{
  type: string
  module?: string
  source?: string
  trust?: Fact['trust']
  at: string
  because?: readonly number[]
  /** The subjects that it speaks of. */
  keys?: readonly string[]
  body: unknown
}>

/** An append-only list in memory, with the same leaves, tree, notes and proofs as the real one. */
export function createList() {
  const facts: Fact[] = []
  const leaves: string[] = []
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const key = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32))
  const name = 'test.example/okite/1f0c'
  const keyId = keyIdFrom(sha256(keyIdInput(name, key)))

  const hashOf = (from: number, to: number): Uint8Array => {
    if (to - from === 1) return sha256(concatBytes(Uint8Array.of(0), toUtf8(leaves[from]!)))
    const middle = from + powerBelow(to - from)
    return sha256(concatBytes(Uint8Array.of(1), hashOf(from, middle), hashOf(middle, to)))
  }
  return {
    facts,
    vkey: formatVkey({ name, keyId, key }),
    origin: name,
    append(draft: Draft): Fact {
      const fields = {
        because: draft.because ?? [],
        body: canonicalize(draft.body as Json),
        module: draft.module ?? 'core',
        observed: draft.at,
        occurred: draft.at,
        private: {},
        salt: randomBytes(16).toString('base64url'),
        source: draft.source ?? 'okite',
        trust: draft.trust ?? 'instrument',
        tv: 1,
        type: draft.type,
      }
      leaves.push(draftLeaf(fields)(draft.at))
      const { salt: _, private: __, ...rest } = fields
      const fact = { ...rest, body: draft.body, pos: facts.length, recorded: draft.at, refs: {} }
      facts.push(fact)
      return fact
    },
    prove(pos: number) {
      const size = leaves.length
      const leaf = leaves[pos]
      if (leaf === undefined) return null
      const text = formatCheckpoint(name, size, hashOf(0, size))
      const signature = new Uint8Array(sign(null, toUtf8(text), privateKey))
      const hashes = inclusionRanges(pos, size).map(([from, to]) => hashOf(from, to))
      const checkpoint = formatNote(text, [{ name, keyId, signature }])
      return { leaf, proof: formatProof({ extra: null, pos, hashes, checkpoint }) }
    },
  }
}

/** Of core's schemas what this module reads. */
const foldSchema = `
  ${readFileSync(join(source, 'core/run/judges.sql'), 'utf8')};
  create schema ledger;
  create table ledger.fact_key (key text, type text, pos bigint, primary key (key, type, pos))`

export type Fixture = Awaited<ReturnType<typeof startFixture>>

export async function startFixture(
  options: {
    pack?: Pack
    web?: string
    nowMs?: number
    controls?: Parameters<typeof openPolicyDesk>[0]['controls']
  } = {},
) {
  const pack = options.pack ?? referencePack()
  const list = createList()
  const server = await startTestServer()
  const pool = await server.database()
  await pool.query(foldSchema)
  for (const table of tables) {
    await pool.query(`create table show.${table.name} (${table.columns})`)
  }
  const live: Live = new Map()
  const late: Late = { since: null }
  const nowMs = options.nowMs ?? Date.parse('2026-11-25T09:00:00.000Z')
  const clock = { ms: nowMs, nowMs: () => clock.ms }
  const { log } = memoryLog()
  // Its routes read, and nothing else.
  const reader = readerOf(pool, list, live, late)
  const messages = messagesOf(source)
  const ports = {
    clock,
    log,
    reader,
    policyDesk: openPolicyDesk({
      ...{ reader, clock, messages, project: join(source, '..'), controls: options.controls ?? [] },
      bound: () => new Map([...pack.bindings().values()].flat().map(one => [one.control, one])),
      decide: () => Promise.reject(new Error('a list in memory has nobody who decides')),
    }),
    policy: pack,
    controls: [],
    isSample: false,
    messages,
    settings: {},
    signal: new AbortController().signal,
    submit: async () => ({ pos: 0, known: true }),
  } as unknown as EdgePorts
  const http = httpOf(ports, options.web ? readWebFiles(options.web) : new Map())
  const append = async (draft: Draft): Promise<Fact> => {
    const fact = await appendAndFold(pool, list, draft)
    http.grown(list.facts.length)
    return fact
  }
  return {
    ...{ pack, list, live, late, pool, reader: ports.reader, ports, clock, http, append },
    adopt: (at = '2026-11-01T00:00:00.000Z') => append(adoptionOf(pack, at)),
    /** The verdict of a control and of its statement, as the judges append them. */
    async verdict(given: Given) {
      const statement = pack.statements[given.number - 1]!
      const judged = await append(controlVerdict(statement.controls[0]!.control, given))
      await append(statementVerdict(statement, given, judged.pos))
      return judged
    },
    /** A subject as core's fold has it. */
    async subject(control: string, key: string, status: Status, code: string, since: string) {
      await pool.query(
        `insert into fold.judge_row (judge, key, state, share, made, upto)
         values ($1, $2, '{}', $3, '{}', 0)`,
        [control, key, JSON.stringify({ status, code, since, waits: null, args: null })],
      )
    },
    async stop() {
      await http.close()
      await server.stop()
    },
  }
}

type List = ReturnType<typeof createList>
/** Since when the judges of this fixture are behind. */
type Late = { since: string | null }
type Live = Map<string, { next: string | null; population: Counts }>

const readerOf = (pool: Pool, list: List, live: Live, late: Late): Reader => ({
  query: async (sql, values = []) => (await pool.query(sql, [...values])).rows,
  fact: async pos => list.facts[pos] ?? null,
  latest: async <B>(type: FactType<B>, count: number) =>
    list.facts
      .filter((fact): fact is Fact<B> => fact.type === type.name)
      .reverse()
      .slice(0, count),
  facts: async positions => list.facts.filter(({ pos }) => positions.includes(pos)),
  disclose: async () => null,
  discloseAll: async () => new Map(),
  refs: async () => new Map(),
  size: async () => list.facts.length,
  // Tests change counts and subjects without a fact.
  stand: async () => new Map([['list', randomUUID()]]),
  noting: () => readerOf(pool, list, live, late),
  prove: async pos => list.prove(pos),
  ledger: async () => ({ origin: list.origin, vkey: list.vkey }),
  behind: async () => late.since,
  live: async () => live,
  owed: async () => [],
})

const httpOf = (ports: EdgePorts, web: WebFiles): Http =>
  createHttp({
    modules: [policyModule],
    portsOf: () => ports,
    principalOf: () => ({
      ...{ account: null, person: null, name: 'tester', roles: [] },
      permissions: new Set(['policy.read', 'fact.read', 'policy.decide']),
    }),
    clock: ports.clock,
    log: ports.log,
    errors: errorDocuments(),
    web,
    messages: ports.messages,
    info: { title: 'Okite', version: '0' },
    zone: ports.policy.organisation.zone,
    isSample: ports.isSample,
  })

/** Appends a fact and folds it into the tables, as the runner does. */
async function appendAndFold(pool: Pool, list: List, draft: Draft): Promise<Fact> {
  const fact = list.append(draft)
  for (const key of draft.keys ?? []) {
    const row = [key, fact.type, fact.pos]
    await pool.query('insert into ledger.fact_key values ($1, $2, $3)', row)
  }
  for (const table of tables) {
    if (!table.from.some(type => type.name === fact.type)) continue
    const tx = await pool.connect()
    try {
      await table.apply(fact, `show."${table.name}"`, tx)
    } finally {
      tx.release()
    }
  }
  return fact
}

const adoptionOf = (pack: Pack, at: string): Draft => ({
  type: policyAdopted.name,
  trust: 'record',
  source: 'okite start',
  at,
  body: {
    policy: pack.id,
    version: pack.version,
    from: at,
    hash: pack.hash,
    statements: pack.statements.length,
  },
})

type Given = Readonly<{
  number: number
  policy: number
  status: Status
  reason: Reason
  population: Counts
  at: string
  because: readonly number[]
  next?: string
}>

const controlVerdict = (control: string, given: Given): Draft => ({
  type: verdictChanged.name,
  at: given.at,
  because: [given.policy, ...given.because],
  body: {
    control,
    version: 1,
    policy: given.policy,
    params: given.policy,
    status: given.status,
    reason: given.reason,
    since: given.at,
    next: given.next ?? null,
    previous: null,
    population: given.population,
  },
})

const statementVerdict = (statement: Statement, given: Given, because: number): Draft => ({
  type: statementVerdictChanged.name,
  at: given.at,
  because: [because],
  body: {
    statement: statement.id,
    status: given.status,
    reason: given.reason,
    since: given.at,
    policy: given.policy,
    controls: statement.controls.map(binding => binding.control),
  },
})

/** The error documents of the folders that a policy page can answer from. */
export const errorDocuments = () =>
  readErrorDocuments(
    ['core/http', 'core/i18n', 'core/ledger', 'govern/policy']
      .map(folder => join(source, folder, 'errors.md'))
      .flatMap(path => {
        try {
          return [{ where: path, text: readFileSync(path, 'utf8') }]
        } catch {
          return []
        }
      }),
  )

export const counts = (kept: number, broken = 0, unknown = 0, due = 0): Counts => {
  const size = kept + broken + unknown + due
  return { size, checked: kept + broken + due, kept, due, broken, unknown, excepted: 0 }
}
