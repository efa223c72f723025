import { is, sooner, whenOf } from '../../core/control/match.ts'
import type { Instant, Pos } from '../../core/fact.ts'
import { isFact, type Judge } from '../../core/judge.ts'
import { discoveryCompleted, registerDeclared } from '../../identify/asset/facts.ts'
import { familyMeasured } from './facts.ts'
import { families, familyOf } from './families.ts'

/** When each kind last confirmed the register as it stands, and by which fact. */
type Row = Readonly<{
  confirmed: Readonly<Record<string, Readonly<{ at: Instant; pos: Pos }> | undefined>>
}>

const none: Row = { confirmed: {} }

/**
 * Joins the discoveries of the kinds of a family. A population takes one second source; here it is as
 * good as the oldest of its parts, so the fact is as old as that one. Each declaration of the register
 * needs confirmations of its own, and a look that contradicts takes back what its kind had confirmed.
 */
export const discovered: Judge<Row> = {
  id: 'protect.hardening.discovered',
  version: 1,
  from: [registerDeclared, discoveryCompleted],
  makes: [familyMeasured],
  // One row: discoveries name assets, and after a retraction a row is folded from what names its key.
  keys: fact =>
    is(fact, discoveryCompleted) && familyOf(fact.body.kind) === undefined ? [] : [''],
  init: () => none,
  step(row, input) {
    if (!isFact(input)) return { state: row }
    if (is(input, registerDeclared)) return { state: none }
    if (!is(input, discoveryCompleted)) return { state: row }
    const { kind, seen, part, parts, unlisted, isDeclared } = input.body
    const family = familyOf(kind)
    if (family === undefined) return { state: row }
    const contradicts = unlisted > 0 || !isDeclared
    const now = { at: whenOf(input), pos: input.pos }
    const isWhole = part === parts && !contradicts
    const confirmed = contradicts
      ? { ...row.confirmed, [kind]: undefined }
      : isWhole
        ? { ...row.confirmed, [kind]: now }
        : row.confirmed
    const each = families[family].flatMap(one => confirmed[one] ?? [])
    const isJoined = isWhole && each.length === families[family].length
    const rests = isJoined ? each : [now]
    return {
      state: { confirmed },
      facts: [
        {
          type: familyMeasured,
          occurred: rests.reduce((at, one) => sooner(at, one.at), now.at),
          because: rests.map(one => one.pos).sort((a, b) => a - b),
          body: {
            family,
            seen,
            contradicts,
            kindsConfirmed: isWhole ? each.length : 0,
            kinds: families[family].length,
          },
        },
      ],
    }
  },
}
