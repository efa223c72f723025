import { state } from '../../../core/control/state.ts'
import {
  endpointListed,
  endpointProbed,
  endpointRemoved,
  listDeclared,
  sightingCompleted,
} from '../facts.ts'
import { assess } from './assess.ts'

/**
 * Every endpoint of the list takes only the wanted versions of TLS, only with forward secrecy, and
 * shows a certificate that is valid for its name. The list counts as whole while a named person has
 * declared it and a second source, which covered all of it, found nothing that is missing from it.
 */
export const tlsForwardSecrecy = state({
  id: 'protect.network.tls-forward-secrecy',
  version: 1,
  owner: 'infrastructure',
  params: {
    minimumVersion: '1.3',
    certificate: true,
    /** Older probes prove nothing about now. Six missed hourly runs. */
    probeFresh: 'PT6H',
    declarationFresh: 'P90D',
    sightingFresh: 'P1D',
  },
  population: {
    id: 'protect.network.endpoints',
    enter: { type: endpointListed, key: f => f.body.endpoint },
    leave: { type: endpointRemoved, key: f => f.body.endpoint },
    complete: { type: listDeclared },
    fresh: params => String(params['declarationFresh']),
    compare: {
      with: {
        type: sightingCompleted,
        key: f => f.body.seen,
      },
      fresh: params => String(params['sightingFresh']),
      // A look that could not speak of every endpoint, or that saw another list, contradicts this one.
      confirms: ({ body }) => {
        if (body.uncovered > 0 || !body.isDeclared) return false
        return body.part === body.parts ? true : null
      },
      each: true,
    },
  },
  slots: {
    probe: {
      type: endpointProbed,
      key: f => f.body.endpoint,
      fresh: params => String(params['probeFresh']),
    },
  },
  holds: ({ probe }, _now, params) => assess(probe.body, params),
})
