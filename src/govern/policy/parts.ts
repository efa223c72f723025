import type { Control, Population } from '../../core/control/kind.ts'
import type { Holds } from '../../core/control/state.ts'
import { state } from '../../core/control/state.ts'
import type { Fact } from '../../core/fact.ts'
import {
  departmentListed,
  departmentRemoved,
  departmentsDeclared,
} from '../../identify/person/facts.ts'
import {
  departmentsCompared,
  isBy,
  type Jurisdiction,
  obligationListed,
  obligationRemoved,
  obligationsCompared,
  obligationsDeclared,
  versionChecked,
} from './facts.ts'

export const broken = (code: string, args: Record<string, string | number> = {}): Holds => ({
  status: 'broken',
  reason: { code, args },
})

/** Confirmed by the last of several parts; contradicted by any. */
export const confirms = ({ body }: Fact<any>): boolean | null => {
  if (body.unlisted > 0 || !body.isDeclared) return false
  return body.part === body.parts ? true : null
}

/** The departments as people list them, confirmed by the directory. Fresh by two parameters of the control. */
export function departments(): Population {
  const key = (f: Fact<{ department: string }>) => f.body.department
  return {
    id: 'govern.policy.departments',
    enter: { type: departmentListed, key },
    leave: { type: departmentRemoved, key },
    complete: { type: departmentsDeclared },
    fresh: params => String(params['listFresh']),
    compare: {
      with: { type: departmentsCompared, key: f => f.body.seen },
      fresh: params => String(params['comparedFresh']),
      confirms: ({ body }) => body.unlisted === 0 && body.isDeclared,
      each: true,
    },
  }
}

/**
 * Every obligation of a jurisdiction is on the register with a role that answers for it, and with the
 * version of the text that the official source was lately seen to have in force.
 *
 * @param o `laws` must all be in the declaration, or the list is not complete
 */
export function law(
  o: Readonly<{ id: string; jurisdiction: Jurisdiction; laws: readonly string[] }>,
): Control {
  return state({
    id: o.id,
    version: 1,
    owner: 'legal',
    params: { fresh: 'P6M', listFresh: 'P6M', comparedFresh: 'P1Y' },
    population: obligations(o.jurisdiction, o.laws),
    slots: {
      // It grows old with the list that it is on.
      entry: { type: obligationListed, byHand: [obligationListed], key: f => f.body.obligation },
      text: {
        type: versionChecked,
        byHand: [versionChecked],
        key: f => f.body.obligation,
        fresh: params => String(params['fresh']),
      },
    },
    holds: ({ entry, text }) => {
      if (entry.body.owner === null) return broken('policy.law.ownerless')
      const [ours, theirs] = [entry.body.version, text.body.version]
      return ours === theirs || broken('policy.law.outdated', { ours, theirs })
    },
  })
}

function obligations(jurisdiction: Jurisdiction, laws: readonly string[]): Population {
  const key = (f: Fact<{ obligation: string }>) => f.body.obligation
  const isOurs = ({ body }: Fact<{ jurisdiction: Jurisdiction }>) =>
    body.jurisdiction === jurisdiction
  return {
    id: `govern.policy.law.${jurisdiction}`,
    enter: { type: obligationListed, key, if: isOurs },
    leave: [
      { type: obligationRemoved, key, if: isBy('by', 'second') },
      { type: obligationListed, key, if: f => !isOurs(f) },
    ],
    complete: {
      type: obligationsDeclared,
      if: f => isOurs(f) && laws.every(name => f.body.laws.includes(name)),
    },
    fresh: params => String(params['listFresh']),
    compare: {
      with: { type: obligationsCompared, key: f => f.body.seen, if: isOurs },
      fresh: params => String(params['comparedFresh']),
      confirms,
      each: true,
    },
  }
}
