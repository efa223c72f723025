import { state } from '../../../core/control/state.ts'
import { assets } from '../../../identify/asset/facts.ts'
import { broken, later } from '../answer.ts'
import { edrReported } from '../facts.ts'

/**
 * Every endpoint has an EDR agent that watches, called in lately when the console was asked, and is
 * not too old. What the console says is only good for a while.
 */
export const edrOnEveryEndpoint = state({
  id: 'protect.hardening.edr-on-every-endpoint',
  version: 1,
  owner: 'infrastructure',
  params: {
    registerFresh: 'P90D',
    discoveryFresh: 'P7D',
    fresh: 'P1D',
    agentSilentAtMost: 'P1D',
    agentVersionsBehindAtMost: 2,
  },
  population: assets('endpoint'),
  slots: {
    console: { type: edrReported, key: f => f.body.endpoint, fresh: p => String(p['fresh']) },
  },
  holds: ({ console }, _now, params) => {
    const { agent } = console.body
    if (agent === null) return broken('agent.none')
    if (agent.mode === 'off') return broken('agent.off')
    if (later(agent.lastSeen, String(params['agentSilentAtMost'])) < console.when) {
      return broken('agent.silent', { since: agent.lastSeen })
    }
    const { versionsBehind: behind } = agent
    const isCurrent = behind <= Number(params['agentVersionsBehindAtMost'])
    return isCurrent || broken('agent.old', { behind, version: agent.version })
  },
})
