import { performance } from 'node:perf_hooks'
import { readingOf } from '../src/core/db/database.ts'
import { openTestLedger, startTestServer } from '../src/core/ledger/testing.ts'
import { createReader } from '../src/core/run/reader.ts'
import { search, typesOnList, type Wanted } from '../src/govern/evidence/search.ts'
import { aboutTable } from '../src/govern/evidence/show.ts'

/**
 * How fast facts are found on a long list.
 *
 *   node bench/evidence.ts [entries]
 *
 * The entries are laid into the tables as they are and prove nothing: what is measured is reading. Figures
 * are for one machine and are never asserted by a test; 50 ms are the aim where an index answers.
 */
const entries = Number(process.argv[2] ?? 1_000_000)
const server = await startTestServer(['shared_buffers=256MB'])

const { ledger, pool } = await openTestLedger(server)
await pool.query('create schema show')
await pool.query(`create table show.${aboutTable.name} (${aboutTable.columns})`)

/** A fact a minute, of 200 types, about 10,000 subjects and 500 people; one in twenty is a claim. */
await pool.query(
  `insert into ledger.entry select i, convert_to(json_build_object(
     'because', '[]'::json,
     'body', json_build_object('subject', 's-' || i % 10000, 'text', case when i % 50000 = 7 then 'needle' else 'hay' end),
     'module', 'bench.m' || i % 20, 'occurred', t, 'observed', t, 'private', json_build_object(),
     'recorded', t, 'salt', md5(i::text), 'source', 'bench',
     'trust', case when i % 20 = 3 then 'claim' else 'record' end,
     'tv', 1, 'type', 'bench.t' || i % 200, 'v', 1)::text, 'UTF8'),
     sha256(int8send(i)), sha256(int8send(i + 5000000000))
   from (select i, to_char(timestamp '2020-01-01' + i * interval '1 minute',
     'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as t from generate_series(2::bigint, $1::bigint - 1) i) g`,
  [entries],
)
await pool.query(
  `insert into ledger.fact_type select 'bench.t' || i % 200, i from generate_series(2, $1::bigint - 1) i`,
  [entries],
)
await pool.query(
  `insert into ledger.fact_key select 's-' || i % 10000, 'bench.t' || i % 200, i
   from generate_series(2, $1::bigint - 1) i`,
  [entries],
)
await pool.query(
  `insert into ledger.person select gen_random_uuid(), null, null, 'ref-' || i from generate_series(0, 499) i`,
)
await pool.query(
  `insert into ledger.private select i, 'by', p.subject, null, null
   from generate_series(2, $1::bigint - 1) i join ledger.person p on p.ref = 'ref-' || i % 500`,
  [entries],
)
await pool.query('update ledger.head set size = $1', [entries])
await pool.query('vacuum analyze')

const { database } = pool.options
const reader = createReader(await server.database(readingOf({ database })), ledger)
const cases: readonly (readonly [string, Omit<Wanted, 'limit'>])[] = [
  ['the newest', {}],
  ['a page in the middle', { before: entries / 2 }],
  ['of a type', { types: ['bench.t7'] }],
  ['of a module (10 types)', { types: [...Array(10).keys()].map(n => `bench.t${n * 20}`) }],
  ['of a subject', { subject: 's-77' }],
  ['of a person', { ref: 'ref-9' }],
  ['of a person and a type', { ref: 'ref-9', types: ['bench.t9'] }],
  ['a day, two years ago', { from: '2020-03-01T00:00:00.000Z', to: '2020-03-02T00:00:00.000Z' }],
  ['claims', { trust: 'claim' }],
  ['claims that wait', { isWaiting: true }],
  ['a word that is not there', { text: 'nowhere' }],
  ['a word of a subject', { subject: 's-7', text: 'needle' }],
]
for (const [name, wanted] of cases) {
  const times: number[] = []
  let found = 0
  for (let nth = 0; nth < 15; nth++) {
    const begun = performance.now()
    found = (await search({ ...wanted, limit: 50 }, reader)).positions.length
    times.push(performance.now() - begun)
  }
  times.sort((a, b) => a - b)
  const [median, worst] = [times[7] ?? 0, times[14] ?? 0]
  console.log(
    `${name.padEnd(28)} ${median.toFixed(1).padStart(8)} ms  worst ${worst.toFixed(1).padStart(8)} ms  ${found} found`,
  )
}
const begun = performance.now()
const types = await typesOnList(reader)
console.log(`${types.length} types in ${(performance.now() - begun).toFixed(1)} ms`)
await ledger.close()
await server.stop()
