import { strict as assert } from 'node:assert'
import { appendFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import type { OkiteError } from '../../src/core/error.ts'
import { codeOf } from '../../src/core/error.ts'
import type { Pos } from '../../src/core/fact.ts'
import { fsck } from '../../src/core/ledger/fsck.ts'
import { takeObservation } from '../../src/core/ledger/intake.ts'
import { observe, type openTestLedger, testTypes } from '../../src/core/ledger/testing.ts'
import { createRandom } from '../synthetic.ts'

/**
 * The campaign: each file of this folder lets one kind of thing go wrong, often, and looks whether what
 * was promised still holds. The tests do it a few times; `npm run reliability` does it in full and
 * writes `docs/reliability.md`. A failure names its seed: `RELIABILITY_SEED=N ./okite test FILE`.
 */

/** How much of it, and from which seed. */
export type Dose = Readonly<{ count: number; seed: number; random: (below: number) => number }>

/** How often the fault was there, and what else was counted. */
export type Found = Readonly<{
  done: number
  figures?: Readonly<Record<string, number | string>>
}>

/** One line of the report. */
export type Told = Readonly<{
  id: string
  fault: string
  holds: string
  seed: number
  done: number
  figures: Readonly<Record<string, number | string>>
}>

/**
 * @param holds the invariants that are checked, as `docs/reliability.md` numbers them
 * @param quick how often in the tests
 * @param full how often in the campaign
 */
export function fault(
  one: Readonly<{ id: string; fault: string; holds: string; quick: number; full: number }>,
  run: (dose: Dose, t: TestContext) => Promise<Found | null>,
): void {
  const { RELIABILITY: mode, RELIABILITY_COUNT: asked } = process.env
  const dose = mode === 'full' ? one.full : one.quick
  const count = dose === 0 ? 0 : Number(asked ?? dose)
  const seed = Number(process.env['RELIABILITY_SEED'] ?? (Date.now() % 1_000_000) + 1)
  const skip = count === 0 && 'in the campaign alone'
  void test(`${one.holds} ${one.fault} (${count} times, seed ${seed})`, { skip }, async t => {
    const found = await run({ count, seed, random: createRandom(seed) }, t)
    if (found === null) return
    assert.ok(found.done > 0, 'the fault was there')
    const { id, fault, holds } = one
    const told: Told = { id, fault, holds, seed, done: found.done, figures: found.figures ?? {} }
    const report = process.env['RELIABILITY_REPORT']
    if (report !== undefined) appendFileSync(report, `${JSON.stringify(told)}\n`)
    t.diagnostic(JSON.stringify(told))
  })
}

type Opened = Pick<
  Awaited<ReturnType<typeof openTestLedger>>,
  'ledger' | 'pool' | 'secrets' | 'trusted'
>

/** Delivers as a source does: again and again until it is acknowledged, and remembers what it was told. */
export class Source {
  readonly acknowledged = new Map<string, Pos>()
  /** Answers that were no acknowledgement, by their code. */
  readonly refused = new Map<string, number>()
  private next = 0
  private readonly name: string

  constructor(name = 's') {
    this.name = name
  }

  /** A delivery nobody has seen. */
  fresh(): string {
    return `${this.name} ${this.next++}`
  }

  /** One try. Answers whether it was acknowledged. */
  async deliver({ ledger }: Pick<Opened, 'ledger'>, identity: string): Promise<boolean> {
    try {
      const { pos } = await ledger.submit('test.one', observe(identity))
      assert.equal(
        this.acknowledged.get(identity) ?? pos,
        pos,
        `${identity} has two positions (I4)`,
      )
      this.acknowledged.set(identity, pos)
      return true
    } catch (error) {
      const code = codeOf(error)
      // Only what is told by a code is a refusal; everything else is a bug.
      assert.match(code, /^LEDGER_/, String((error as OkiteError).cause ?? error))
      this.refused.set(code, (this.refused.get(code) ?? 0) + 1)
      return false
    }
  }

  /** Every acknowledgement stands where it said, no delivery stands twice, and the list is whole. */
  async verify(
    opened: Opened,
    others: readonly Source[] = [],
  ): Promise<Readonly<{ entries: number }>> {
    const { pool } = opened
    const { rows } = await pool.query<{ idx: string; dedup: string }>(
      `select idx, encode(dedup, 'hex') as dedup from ledger.entry order by idx`,
    )
    assert.deepEqual(
      rows.findIndex(({ idx }, nth) => Number(idx) !== nth),
      -1,
      'no gap (I1)',
    )
    assert.equal(new Set(rows.map(row => row.dedup)).size, rows.length, 'nothing stands twice (I4)')
    for (const source of [this, ...others]) {
      for (const [identity, pos] of source.acknowledged) {
        const { dedup } = takeObservation('test.one', observe(identity), testTypes)
        const found = rows[pos]?.dedup
        assert.equal(found, Buffer.from(dedup).toString('hex'), `${identity} is at ${pos} (I3)`)
      }
    }
    const { faults, entries } = await fsck({ ...opened, log: opened.trusted, types: testTypes })
    assert.deepEqual(faults, [])
    return { entries }
  }
}
