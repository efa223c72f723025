import { organisationZone } from '../../../core/control/kind.ts'
import { type Holds, state } from '../../../core/control/state.ts'
import type { Instant } from '../../../core/fact.ts'
import type { Params } from '../../../core/judge.ts'
import { registerDeclared } from '../../../identify/person/facts.ts'
import { signaturesMeasured } from '../facts.ts'
import { broken } from '../parts.ts'
import { holderAt, nextEdge, servesSince, spansOf, type Told } from '../terms.ts'

/**
 * Who is the chief executive now has signed the hash of the version in force, and was chief executive
 * when he signed it. That of a former one does not count, nor one on another version.
 */
export const signedByChiefExecutive = state({
  id: 'govern.policy.signed-by-chief-executive',
  version: 1,
  owner: 'ceo',
  params: {
    /** A new version, or a new chief executive, has so long to be signed. */
    repair: 'P7D',
    /** The term grows old with the register that says who is who. */
    registerFresh: 'P90D',
  },
  slots: {
    measured: { type: signaturesMeasured },
    register: { type: registerDeclared, fresh: params => String(params['registerFresh']) },
  },
  holds: ({ measured }, now, params) => signedAt(measured.body, now, params),
  until: ({ measured }, params, now) =>
    nextEdge(spansOf(measured.body.holders, organisationZone(params)), now),
  repair: params => String(params['repair']),
})

type Measured = Readonly<{
  version: string
  signatures: readonly Readonly<{ person: string; at: Instant }>[]
  holders: readonly Told[]
}>

function signedAt({ version, signatures, holders }: Measured, at: Instant, params: Params): Holds {
  const spans = spansOf(holders, organisationZone(params))
  const holder = holderAt(spans, at)
  if (holder === null) return broken('policy.post.vacant', { role: 'ceo' })
  const since = servesSince(spans, holder)
  return (
    signatures.some(one => one.person === holder.person && one.at >= since) ||
    broken('policy.unsigned', { version })
  )
}
