import type { Params } from '../../core/control/kind.ts'
import type { Holds } from '../../core/control/state.ts'
import { broken, unknown } from './answer.ts'
import type { SetInspected } from './facts.ts'

/** What confidential data need, and top-secret data as well: factors, no plain copy, long keys. */
export function guarded(kept: SetInspected, params: Params): Holds {
  const { factorsLeast, copiesPlain, keyBitsLeast, copies } = kept
  if (copiesPlain > Number(params['plainCopiesAtMost'])) {
    return broken('copies.plain', { copies: copiesPlain })
  }
  const bitsAtLeast = Number(params['classKeyBitsAtLeast'])
  if (keyBitsLeast !== null && keyBitsLeast < bitsAtLeast) {
    return broken('key.short', { bits: keyBitsLeast, least: bitsAtLeast })
  }
  const least = Number(params['pathFactorsAtLeast'])
  if (factorsLeast !== null && factorsLeast < least) {
    return broken('factors.few', { factors: factorsLeast, least })
  }
  if (copies === 0 || keyBitsLeast === null) return unknown('copies.unseen')
  return factorsLeast === null ? unknown('path.unseen') : true
}
