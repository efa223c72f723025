import { state } from '../../../core/control/state.ts'
import { assets } from '../../../identify/asset/facts.ts'
import { systemCounted } from '../facts.ts'
import { tooShort } from './span.ts'

/**
 * Whoever signs in to an important system is verified by fingerprint or face, on his own device.
 * Where an authenticator does not say how it verified him, or nobody signed in, nothing is shown.
 */
export const biometricOnImportantSystems = state({
  id: 'protect.sign-on.biometric-on-important-systems',
  version: 1,
  owner: 'identity',
  params: {
    otherSignInsAtMost: 0,
    signInsCountedOver: 'P7D',
    fresh: 'P2D',
    registerFresh: 'P90D',
    discoveryFresh: 'P7D',
  },
  population: assets('system', system => system.isImportant),
  slots: {
    signIns: {
      type: systemCounted,
      key: f => f.body.system,
      fresh: params => String(params['fresh']),
    },
  },
  holds: ({ signIns }, _now, params) => {
    const sum = (counts: (by: string) => boolean) =>
      signIns.body.groups
        .filter(group => counts(group.by))
        .reduce((total, group) => total + group.signIns, 0)
    const unstated = sum(by => by === 'unstated')
    const other = sum(by => !['fingerprint', 'face', 'unstated'].includes(by))
    if (other > Number(params['otherSignInsAtMost']))
      return { status: 'broken', reason: { code: 'sign-on.biometric.other', args: { other } } }
    const unknown = (code: string, args: Record<string, number>) =>
      ({ status: 'unknown', reason: { code, args } }) as const
    if (unstated > 0) return unknown('sign-on.biometric.unstated', { unstated })
    if (sum(() => true) === 0) return unknown('sign-on.biometric.unused', {})
    return tooShort(signIns.body, params) ?? true
  },
})
