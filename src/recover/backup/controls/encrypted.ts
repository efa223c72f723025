import { state } from '../../../core/control/state.ts'
import { cipherRead, repositories } from '../facts.ts'

/**
 * Every object of every repository is encrypted with the wanted cipher, as its own header says, and a
 * trial shows it: the key opens it, another one does not.
 */
export const encrypted = state({
  id: 'recover.backup.encrypted',
  version: 1,
  owner: 'infrastructure',
  params: { backupCipher: 'AES-256', fresh: 'P31D', listFresh: 'P90D', comparedFresh: 'P7D' },
  population: repositories(),
  slots: {
    cipher: {
      type: cipherRead,
      key: f => f.body.repository,
      fresh: params => String(params['fresh']),
    },
  },
  holds: ({ cipher }, _now, params) => {
    const { ciphers, unread, trial } = cipher.body
    const other = ciphers.find(one => one.cipher !== params['backupCipher'])
    if (other !== undefined) {
      return { status: 'broken', reason: { code: 'backup.cipher.other', args: { ...other } } }
    }
    if (trial !== null && trial.withOtherBytes > 0) {
      const args = { bytes: trial.withOtherBytes }
      return { status: 'broken', reason: { code: 'backup.cipher.open', args } }
    }
    const unknown = (code: string, args = {}) =>
      ({ status: 'unknown', reason: { code, args } }) as const
    if (unread > 0) return unknown('backup.objects.unread', { count: unread })
    if (ciphers.length === 0) return unknown('backup.objects.none')
    if (trial === null || trial.withKeyBytes === 0) return unknown('backup.trial.none')
    return true
  },
})
