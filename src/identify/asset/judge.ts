import { compareText, is, organisation, sooner, whenOf } from '../../core/control/match.ts'
import type { Instant, Pos } from '../../core/fact.ts'
import { type Context, isFact, type Judge, type Step } from '../../core/judge.ts'
import {
  type AssetKind,
  assetListed,
  discoveryCompleted,
  registerDeclared,
  registerMeasured,
} from './facts.ts'

type Found = Readonly<{ at: Instant; pos: Pos }>

type State = Readonly<{
  /** Kinds of which something was ever listed, with the first fact that did. */
  held: Readonly<Partial<Record<AssetKind, Pos>>>
  /** Discoveries that confirm the register as it was last declared. */
  found: Readonly<Partial<Record<AssetKind, Found>>>
}>

/**
 * Discovery speaks of one kind at a time; this joins what it says of all. A new declaration needs a
 * new look at each, and one look that contradicts takes back what an earlier one had confirmed.
 */
export const registerMeasure: Judge<State> = Object.freeze({
  id: 'identify.asset.register-measure',
  version: 2,
  from: [assetListed, registerDeclared, discoveryCompleted],
  makes: [registerMeasured],
  keys: () => [organisation],
  init: () => ({ held: {}, found: {} }),
  step: (state, input, ctx) => {
    if (!isFact(input)) return { state }
    // Said at once: an older look that is judged later would confirm the newer declaration.
    if (is(input, registerDeclared)) {
      const isBare = Object.keys(state.found).length === 0
      return isBare ? { state } : say({ ...state, found: {} }, ctx)
    }
    if (is(input, assetListed)) {
      const { kind } = input.body
      if (state.held[kind] !== undefined) return { state }
      return say({ ...state, held: { ...state.held, [kind]: input.pos } }, ctx)
    }
    if (!is(input, discoveryCompleted)) return { state }
    const { kind, part, parts, unlisted, isDeclared } = input.body
    const { [kind]: _, ...others } = state.found
    if (unlisted > 0 || !isDeclared) return say({ ...state, found: others }, ctx)
    if (part < parts) return { state }
    const found = { ...others, [kind]: { at: whenOf(input), pos: input.pos } }
    return say({ ...state, found }, ctx)
  },
} satisfies Judge<State>)

/** As of the oldest look, so that it ages with that. */
function say(state: State, ctx: Context): Step<State> {
  const kindsOf = (all: object) => Object.keys(all).sort(compareText) as AssetKind[]
  const held = kindsOf(state.held)
  const looks = Object.values(state.found)
  const occurred = looks.reduce((oldest, { at }) => sooner(oldest, at), ctx.now)
  const because = [...new Set([ctx.cause, ...looks.map(look => look.pos)])]
  const body = { held, confirmed: kindsOf(state.found) }
  return { state, facts: [{ type: registerMeasured, occurred, because, body }] }
}
