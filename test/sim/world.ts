import type { FactType, Observation } from '../../src/core/fact.ts'
import {
  assetListed,
  assetScanned,
  caseClosed,
  caseOpened,
  exerciseRun,
  inventoryDeclared,
  personJoined,
  personLeft,
  rosterDeclared,
  topicsOf,
  trainingDone,
} from '../synthetic.ts'

/** What happens in the organisation, whether or not anybody records it. */

export const controlCount = 10
const topics = topicsOf(controlCount)
const people = ['p1', 'p2', 'p3', 'p4', 'p5']
const assets = ['a1', 'a2', 'a3', 'a4']

type Told = Readonly<{ type: FactType; body: object }>

/** One thing that happens. */
function happen(random: (below: number) => number): Told {
  const one = <T>(of: readonly T[]): T => of[random(of.length)] as T
  const subject = one(people)
  switch (random(12)) {
    case 0:
      return { type: personJoined, body: { subject } }
    case 1:
      return random(4) === 0
        ? { type: personLeft, body: { subject } }
        : { type: rosterDeclared, body: { count: people.length } }
    case 2:
      return { type: assetListed, body: { subject: one(assets) } }
    case 3:
      return { type: inventoryDeclared, body: { count: assets.length } }
    case 4:
    case 5:
      return {
        type: assetScanned,
        body: { subject: one(assets), topic: one(topics.scan), faults: random(6) },
      }
    case 6:
    case 7:
      return { type: trainingDone, body: { subject, topic: one(topics.training) } }
    case 8:
    case 9:
      return {
        type: random(2) === 0 ? caseOpened : caseClosed,
        body: { subject: `k${random(6)}`, topic: one(topics.case) },
      }
    default:
      return { type: exerciseRun, body: { topic: one(topics.exercise), passed: random(4) > 0 } }
  }
}

/** A source: it keeps what it saw until it hears that it was taken. */
export class Outbox {
  readonly name: string
  readonly pending = new Map<string, Observation>()
  private next = 0

  constructor(name: string) {
    this.name = name
  }

  see(nowMs: number, random: (below: number) => number): void {
    const { type, body } = happen(random)
    const at = (ms: number) => new Date(ms).toISOString()
    const identity = `${this.name} ${this.next++}`
    this.pending.set(identity, {
      type,
      source: this.name,
      occurred: at(nowMs - random(600_000)),
      observed: at(nowMs),
      trust: 'instrument',
      body,
      identity,
    })
  }
}
