import { cpus } from 'node:os'
import { ledgerLimits } from '../src/core/ledger/core.ts'
import { fsck } from '../src/core/ledger/fsck.ts'
import {
  noted,
  observe,
  openTestLedger,
  startTestServer,
  testTypes,
} from '../src/core/ledger/testing.ts'
import { systemClock } from '../src/core/time.ts'

/**
 * How fast the list is, on a PostgreSQL of its own with durable settings.
 *
 *   node bench/ledger.ts [entries]
 *
 * Figures are for one machine and are never asserted by a test. The targets stand beside them.
 */
const entries = Number(process.argv[2] ?? 40_000)
const body = { thing: 'srv-17', count: 1 }
let serial = 0
const next = () =>
  observe(`bench ${serial++}`, {
    body: { ...body, thing: `srv-${serial % 1000}` },
    private: {
      user: { value: `user ${serial % 500}`, person: `user${serial % 500}@okite.example` },
    },
  })
const plain = () =>
  observe(`bench ${serial++}`, { body: { ...body, thing: `srv-${serial % 1000}` } })

function percentile(sorted: readonly number[], share: number): string {
  return `${(sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1)} ms`
}

function report(what: string, count: number, tookMs: number, targetPerSecond: number | null): void {
  const perSecond = Math.round((count / tookMs) * 1000)
  const ratio =
    targetPerSecond === null ? '' : `  ${(perSecond / targetPerSecond).toFixed(2)} × target`
  console.log(`${what.padEnd(58)} ${String(perSecond).padStart(8)}/s${ratio}`)
}

console.log(`${process.version} on ${cpus().length} × ${cpus()[0]?.model}`)
console.log(`node bench/ledger.ts ${entries}\n`)

const server = await startTestServer()
try {
  const { ledger, pool, trusted, secrets } = await openTestLedger(server, {
    clock: systemClock,
    limits: ledgerLimits,
  })
  await ledger.submit(noted.module, next())

  let cause = 0
  for (const batchCount of [64, 256]) {
    const started = performance.now()
    for (let done = 0; done < entries; done += batchCount) {
      cause++
      await ledger.write(async batch => {
        for (let ordinal = 0; ordinal < batchCount; ordinal++) {
          const draft = { type: noted, occurred: batch.recorded, because: [0, 1], body }
          batch.derive(draft, { judge: 'bench', version: 1, cause, key: 'k', ordinal })
        }
      })
    }
    const tookMs = performance.now() - started
    report(`derived, batches of ${batchCount}, signed checkpoint`, entries, tookMs, 20_000)
  }

  for (const [label, make] of [
    ['', plain],
    [', a private slot each', next],
  ] as const) {
    const started = performance.now()
    for (let done = 0; done < entries; done += 256) {
      await ledger.write(async batch => {
        await Promise.all(Array.from({ length: 256 }, () => batch.observe(noted.module, make())))
      })
    }
    const tookMs = performance.now() - started
    report(`observed, batches of 256, signed checkpoint${label}`, entries, tookMs, 20_000)
  }

  const submitters = 512
  const acks: number[] = []
  let left = entries
  const started = performance.now()
  await Promise.all(
    Array.from({ length: submitters }, async () => {
      while (left-- > 0) {
        const before = performance.now()
        await ledger.submit(noted.module, plain())
        acks.push(performance.now() - before)
      }
    }),
  )
  report(`submitted by ${submitters} at once`, acks.length, performance.now() - started, 10_000)
  acks.sort((a, b) => a - b)
  console.log(
    `  acknowledged p50 ${percentile(acks, 0.5)}, p99 ${percentile(acks, 0.99)} (target < 200 ms)`,
  )

  const size = await ledger.size()
  const startedRead = performance.now()
  for (let from = 0; from < size; from += 5000) await ledger.read(from, 5000)
  report(`read ${size} facts in pages of 5,000`, size, performance.now() - startedRead, 250_000)

  const startedProve = performance.now()
  for (let i = 0; i < 200; i++) await ledger.prove((i * 7919) % size)
  report('prove', 200, performance.now() - startedProve, null)

  const startedFsck = performance.now()
  const found = await fsck({ pool, types: testTypes, log: trusted, secrets })
  report(
    `fsck of ${found.entries} entries, ${found.checkpoints} checkpoints`,
    size,
    performance.now() - startedFsck,
    null,
  )
  if (found.faultCount > 0) throw new Error(JSON.stringify(found))
  const { rows } = await pool.query<{ bytes: string }>(
    `select sum(pg_total_relation_size(c.oid)) as bytes from pg_class c
      join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'ledger' and c.relkind = 'r'`,
  )
  console.log(
    `storage ${Math.round(Number(rows[0]?.bytes) / size)} bytes an entry, indexes included`,
  )
  await ledger.close()
} finally {
  await server.stop()
}
