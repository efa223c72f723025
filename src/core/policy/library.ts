import type { Control } from '../control/kind.ts'
import { OkiteError } from '../error.ts'
import type { Params } from '../judge.ts'
import { parseDuration } from '../time.ts'
import { printable } from './complaint.ts'
import type { Pack } from './pack.ts'

/** The controls that this program has, as far as a pack can bind them. */
export type Library = readonly Pick<Control, 'id' | 'params'>[]

// An author mends a handful at a time.
const complaintsMax = 100

/**
 * Refuses a pack that binds a control that is not there, or gives one a parameter that it does not
 * know or of another kind. A pack is read without the library, because it is data that outlives it.
 *
 * @throws OkiteError `POLICY_BINDING` with every place
 */
export function checkBindings(pack: Pack, library: Library): void {
  const complaints: string[] = []
  const known = new Map(library.map(control => [control.id, control.params]))
  for (const { id, controls } of pack.statements)
    for (const { control, params } of controls) {
      const defaults = known.get(control)
      if (defaults === undefined) complaints.push(`${id} ${control}: is no control`)
      else
        for (const [name, value] of Object.entries(params)) {
          const problem = problemOf(defaults, name, value)
          if (problem !== null) complaints.push(`${id} ${control} ${printable(name)}: ${problem}`)
        }
    }
  if (complaints.length === 0) return
  throw new OkiteError('POLICY_BINDING', {
    pack: printable(pack.id),
    count: complaints.length,
    complaints: complaints.slice(0, complaintsMax),
  })
}

/** What is wrong with a parameter, or null. Of every control the zone is that of the organisation. */
function problemOf(defaults: Params, name: string, value: unknown): string | null {
  if (name === 'zone') return null
  if (!Object.hasOwn(defaults, name)) return 'is no parameter of it'
  const expected = kindOf(defaults[name])
  if (typeof value !== typeof defaults[name]) return `is no ${expected}`
  return expected === 'duration' && kindOf(value) !== 'duration' ? 'is no duration' : null
}

type ValueKind = 'number' | 'yes or no' | 'duration' | 'text'

/** What kind of value a parameter takes: that of its default. */
export function kindOf(value: unknown): ValueKind {
  if (typeof value === 'number') return 'number'
  if (typeof value === 'boolean') return 'yes or no'
  return isDuration(value) ? 'duration' : 'text'
}

/**
 * What a person gave as words, as a value of the kind that it was before.
 *
 * @throws OkiteError `DECIDE_VALUE`
 */
export function valueLike(before: unknown, given: string): string | number | boolean {
  const refuse = (expected: string) => new OkiteError('DECIDE_VALUE', { expected, given })
  if (typeof before === 'number') {
    if (!/^(0|[1-9]\d{0,14})$/.test(given)) throw refuse('number')
    return Number(given)
  }
  if (typeof before === 'boolean') {
    if (given !== 'true' && given !== 'false') throw refuse('true, false')
    return given === 'true'
  }
  if (isDuration(before) && !isDuration(given)) throw refuse('duration')
  if (given.trim() === '') throw refuse('text')
  return given
}

function isDuration(value: unknown): boolean {
  try {
    parseDuration(value as string)
    return true
  } catch {
    return false
  }
}
