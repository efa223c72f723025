import { state } from '../../../core/control/state.ts'
import { assets } from '../../../identify/asset/facts.ts'
import { applicationCounted, applicationRead } from '../facts.ts'
import { tooShort } from './span.ts'

/** Protocols under which the application never sees a secret of the user. */
const delegating: readonly string[] = [
  'openid-connect',
  'saml',
  'ws-federation',
  'kerberos',
  'forward-auth',
]

/**
 * Every application of the register leaves signing in to the sign-on service, and its own log shows
 * that nobody signed in any other way. Typing a stored password into its form is not leaving it.
 */
export const applicationsBehindSingleSignOn = state({
  id: 'protect.sign-on.applications-behind-single-sign-on',
  version: 1,
  owner: 'identity',
  params: {
    localSignInsAtMost: 0,
    signInsCountedOver: 'P7D',
    fresh: 'P2D',
    registerFresh: 'P90D',
    discoveryFresh: 'P7D',
  },
  population: assets('application'),
  slots: {
    connection: {
      type: applicationRead,
      key: f => f.body.application,
      fresh: params => String(params['fresh']),
    },
    signIns: {
      type: applicationCounted,
      key: f => f.body.application,
      fresh: params => String(params['fresh']),
    },
  },
  holds: ({ connection, signIns }, _now, params) => {
    const { protocol } = connection.body
    if (!delegating.includes(protocol))
      return { status: 'broken', reason: { code: 'sign-on.application.apart', args: { protocol } } }
    const { local } = signIns.body
    if (local > Number(params['localSignInsAtMost']))
      return { status: 'broken', reason: { code: 'sign-on.application.local', args: { local } } }
    return tooShort(signIns.body, params) ?? true
  },
})
