import type { Pack, Statement } from '../pack.ts'
import { type Finding, isStated, numbersOf, type Question } from './finding.ts'
import { nominalMs } from './nominal.ts'

/** Statements that `joins` connects, directly or by others; the lone ones too. */
export function connected(
  statements: readonly Statement[],
  joins: (a: Statement, b: Statement) => boolean,
): readonly (readonly Statement[])[] {
  const left = new Set(statements)
  const found: Statement[][] = []
  for (const first of statements) {
    if (!left.delete(first)) continue
    const group = [first]
    for (const one of group)
      for (const other of left) if (joins(one, other) && left.delete(other)) group.push(other)
    found.push(group.sort((a, b) => a.number - b.number))
  }
  return found
}

export const isSameDuty = (a: Statement, b: Statement): boolean => a.sameDutyAs.includes(b.number)

/** The duties of a policy: statements that say the same are one. */
export const dutiesOf = (pack: Pack): readonly (readonly Statement[])[] =>
  connected(pack.statements, isSameDuty)

/**
 * The same duty stated twice. One control lights both statements, so nothing is counted double; but
 * where the two state another kind, period, limit or figure, one of them is not what is kept. What
 * one says beyond the other is named, because keeping the shared part does not keep that one.
 */
export function sameDuty({ pack }: Question): readonly Finding[] {
  return dutiesOf(pack)
    .filter(duty => duty.length > 1)
    .flatMap(duty => {
      const statements = numbersOf(duty)
      const differences = differencesOf(duty)
      const beyond = numbersOf(duty.filter(one => saysMore(one, duty)))
      const same: Finding = {
        rule: 'same-duty',
        severity: 'advice',
        statements,
        args: { count: duty.length, more: beyond.length, beyond },
        reading: 'one-control',
      }
      return differences.length === 0
        ? [same]
        : differences.map(
            (args): Finding => ({
              rule: 'same-duty-differs',
              severity: 'contradiction',
              statements,
              args,
              reading: 'stricter',
            }),
          )
    })
}

const controlsOf = (statement: Statement): readonly string[] => [
  ...statement.controls.map(binding => binding.control),
  ...statement.awaits,
]

/** Whether a control answers for it and for none of the others. */
function saysMore(one: Statement, duty: readonly Statement[]): boolean {
  const others = new Set(duty.filter(other => other !== one).flatMap(controlsOf))
  return controlsOf(one).some(id => !others.has(id))
}

type Difference = Readonly<{ what: string; values: readonly (string | number)[] }>

/** Only those are compared that name each other: one sentence may hold the duties of two others, which differ by right. */
function differencesOf(duty: readonly Statement[]): readonly Difference[] {
  const found = new Map<string, Map<string | number, string | number>>()
  for (const one of duty)
    for (const other of duty.filter(later => later.number > one.number && isSameDuty(one, later))) {
      const theirs = termsOf(other)
      for (const [what, value] of termsOf(one)) {
        const second = theirs.get(what)
        if (second === undefined || lengthOf(value) === lengthOf(second)) continue
        const values = found.get(what) ?? new Map<string | number, string | number>()
        found.set(what, values.set(lengthOf(value), value).set(lengthOf(second), second))
      }
    }
  return [...found].map(([what, values]) => ({ what, values: [...values.values()] }))
}

/** What it says of kind, period, limit and figures. What is assumed is our own filling and contradicts nobody. */
function termsOf(one: Statement): ReadonlyMap<string, string | number> {
  const terms = new Map<string, string | number>([['kind', one.kind]])
  for (const field of ['period', 'limit'] as const) {
    const value = one[field]
    if (value !== null && isStated(one, field)) terms.set(field, value)
  }
  for (const { name, measures, value } of one.figures)
    if (isStated(one, name)) terms.set(measures ?? name, value)
  return terms
}

/** PT60M and PT1H are one length. */
const lengthOf = (value: string | number): string | number =>
  typeof value === 'string' && /^P[0-9T]/.test(value) ? nominalMs(value) : value
