import type { Population } from '../../core/control/kind.ts'
import type { Fact } from '../../core/fact.ts'
import {
  type AssetKind,
  assetListed,
  assetRemoved,
  registerDeclared,
  registerOwner,
} from '../../identify/asset/facts.ts'
import { familyMeasured } from './facts.ts'

/** Kinds of assets that one sentence speaks of together. */
export const families = {
  /** Whatever has an operating system of its own: servers and workplaces alike. */
  machines: ['host', 'endpoint'],
  containers: ['image', 'cluster'],
} as const satisfies Readonly<Record<string, readonly AssetKind[]>>

export type Family = keyof typeof families

const isOf = (family: Family, kind: AssetKind): boolean =>
  (families[family] as readonly AssetKind[]).includes(kind)

/** The families that a kind is of; there is none in two. */
export const familyOf = (kind: AssetKind): Family | undefined =>
  (Object.keys(families) as Family[]).find(family => isOf(family, kind))

/**
 * The assets of several kinds as one population: complete while a named person has declared the
 * register and discovery of every one of the kinds confirms it.
 */
export function assetsOf(family: Family): Population {
  const key = (f: Fact<{ asset: string }>) => f.body.asset
  return {
    id: `protect.hardening.${family}`,
    enter: { type: assetListed, key, if: f => isOf(family, f.body.kind) },
    leave: { type: assetRemoved, key },
    complete: { type: registerDeclared },
    owner: registerOwner,
    fresh: params => String(params['registerFresh']),
    compare: {
      with: { type: familyMeasured, key: f => f.body.seen, if: f => f.body.family === family },
      fresh: params => String(params['discoveryFresh']),
      confirms: ({ body }) => {
        if (body.contradicts) return false
        return body.kindsConfirmed === body.kinds ? true : null
      },
      each: true,
    },
  }
}
