import { createRandom } from '../synthetic.ts'

/**
 * Where something can go wrong, by name. A seed decides which of them are alive in its run, and how
 * often each then strikes: a fault that always strikes hides the others.
 */
export const points = [
  'connection.refused',
  'statement.andNotPersisted',
  'commit.andNotPersisted',
  'commit.butPersisted',
  'disk.andNotPersisted',
  'disk.butPersisted',
  'delivery.lost',
  'delivery.twice',
  'acknowledgement.lost',
  'process.killed',
  'process.killedAtCommit',
  'process.killedAtFile',
  'clock.back',
  'clock.still',
] as const
export type Point = (typeof points)[number]

/** Of a thousand. */
type Chance = number

const chances: Readonly<Record<Point, Chance>> = {
  'connection.refused': 10,
  'statement.andNotPersisted': 2,
  'commit.andNotPersisted': 30,
  'commit.butPersisted': 30,
  'disk.andNotPersisted': 60,
  'disk.butPersisted': 60,
  'delivery.lost': 150,
  'delivery.twice': 100,
  'acknowledgement.lost': 150,
  'process.killed': 30,
  'process.killedAtCommit': 10,
  'process.killedAtFile': 40,
  'clock.back': 40,
  'clock.still': 40,
}

/** Draws whether a fault is there, and counts how often each was. */
export class Faults {
  readonly random: (below: number) => number
  readonly struck = new Map<Point, number>()
  private readonly alive: ReadonlySet<Point>
  private isOver = false

  constructor(seed: number) {
    this.random = createRandom(seed)
    // The generator begins alike for seeds that are close.
    for (let skipped = 0; skipped < 8; skipped += 1) this.random(2)
    this.alive = new Set(points.filter(() => this.random(2) === 0))
  }

  strikes(point: Point): boolean {
    if (this.isOver || !this.alive.has(point)) return false
    const isThere = this.random(1_000) < chances[point]
    if (isThere) this.struck.set(point, (this.struck.get(point) ?? 0) + 1)
    return isThere
  }

  /** From now on nothing goes wrong: what was promised must come true. */
  end(): void {
    this.isOver = true
  }
}
