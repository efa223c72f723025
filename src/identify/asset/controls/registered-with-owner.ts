import { state } from '../../../core/control/state.ts'
import { allAssets, assetListed } from '../facts.ts'

/**
 * The register names for every asset, whatever its kind, the role that answers for it, and discovery
 * of every kind that the register holds found nothing beyond it.
 */
export const registeredWithOwner = state({
  id: 'identify.asset.registered-with-owner',
  version: 1,
  owner: 'infrastructure',
  params: { registerFresh: 'P90D', discoveryFresh: 'P7D' },
  population: allAssets(),
  slots: { entry: { type: assetListed, byHand: [assetListed], key: f => f.body.asset } },
  holds: ({ entry: { body } }) =>
    body.owner !== null || {
      status: 'broken',
      reason: { code: 'asset.owner.none', args: { kind: body.kind } },
    },
})
