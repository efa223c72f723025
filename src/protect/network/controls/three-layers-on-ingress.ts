import { state } from '../../../core/control/state.ts'
import { assets } from '../../../identify/asset/facts.ts'
import { broken } from '../answer.ts'
import { ingressInspected } from '../facts.ts'

/** What each device counts as: detecting and preventing intrusions is one layer. */
const layerOf = { firewall: 'firewall', ids: 'intrusion', ips: 'intrusion', waf: 'waf' } as const

/**
 * Every path into our network passes three layers: a firewall that blocks, something that detects or
 * prevents intrusions, and a web application firewall. What is switched off is no layer.
 */
export const threeLayersOnIngress = state({
  id: 'protect.network.three-layers-on-ingress',
  version: 1,
  owner: 'infrastructure',
  params: { registerFresh: 'P90D', discoveryFresh: 'P7D', fresh: 'P1D', ingressLayersAtLeast: 3 },
  population: assets('ingress'),
  slots: {
    seen: { type: ingressInspected, key: f => f.body.ingress, fresh: p => String(p['fresh']) },
  },
  holds: ({ seen }, _now, params) => {
    const working = seen.body.layers.filter(
      ({ layer, mode }) => mode === 'block' || (mode === 'detect' && layer !== 'firewall'),
    )
    const layers = new Set(working.map(({ layer }) => layerOf[layer])).size
    const least = Number(params['ingressLayersAtLeast'])
    return layers >= least || broken('layers.few', { layers, least })
  },
})
