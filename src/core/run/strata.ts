import type { Judge } from '../judge.ts'

/**
 * Sorts judges into strata: a judge stands above every judge whose derived facts it reads (V45).
 * An edge through a control's verdict is taken per control: a roll-up reads the verdicts of the
 * controls it names, not of all.
 *
 * Adds the path of a cycle to `complaints`; a cycle stops the start.
 */
export function stratify(judges: readonly Judge[], complaints: string[]): Judge[] {
  const makers = new Map<string, Judge[]>()
  for (const judge of judges) {
    for (const type of judge.makes) {
      makers.set(type.name, [...(makers.get(type.name) ?? []), judge])
    }
  }
  const stratum = new Map<string, number>()
  const path: string[] = []
  const visit = (judge: Judge): number => {
    const known = stratum.get(judge.id)
    if (known !== undefined) return known
    const start = path.indexOf(judge.id)
    if (start >= 0) {
      complaints.push(`judges form a cycle: ${[...path.slice(start), judge.id].join(' → ')} (V45)`)
      return 0
    }
    path.push(judge.id)
    let level = 0
    for (const below of belowOf(judge, makers)) level = Math.max(level, visit(below) + 1)
    path.pop()
    stratum.set(judge.id, level)
    return level
  }
  for (const judge of judges) visit(judge)
  return [...judges].sort(
    (a, b) =>
      (stratum.get(a.id) ?? 0) - (stratum.get(b.id) ?? 0) ||
      (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  )
}

function belowOf(judge: Judge, makers: ReadonlyMap<string, readonly Judge[]>): Judge[] {
  const below: Judge[] = []
  for (const type of judge.from) {
    for (const maker of makers.get(type.name) ?? []) {
      if (judge.reads !== undefined && !judge.reads.includes(maker.id)) continue
      below.push(maker)
    }
  }
  return below
}
