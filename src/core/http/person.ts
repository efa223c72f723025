import type { PrivateValue } from '../fact.ts'
import type { Principal } from '../module.ts'

/** The identifier under which facts name whoever asks; until accounts exist, his name. */
export const personOf = ({ name }: Principal): string => name

/** Whoever asks, as the slot `by` of a fact. */
export const byOf = (principal: Principal): PrivateValue => ({
  value: personOf(principal),
  person: personOf(principal),
})
