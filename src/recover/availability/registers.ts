import { plainRegister } from '../../core/register/plain.ts'
import { cellError } from '../../core/register/table.ts'
import * as facts from './facts.ts'
import { type ProbeKind, readTarget } from './probe/target.ts'

/**
 * How each service is probed. Who may write here decides what this program asks, so it is a permission of
 * its own; which addresses may be asked at all is a setting (`probe/address.ts`).
 */
export const probeRegister = plainRegister({
  name: 'service-probe',
  table: 'service_probe_register',
  columns: [
    {
      ...{ name: 'service', field: 'service', kind: 'code', width: 24, of: { register: 'asset' } },
      ...{
        isRequired: true,
        isFixed: true,
        names: ['number', 'サービス', 'サービス番号', '服務', '服務編號'],
      },
    },
    {
      ...{ name: 'kind', field: 'kind', kind: 'choice', width: 10, choices: facts.probeKinds },
      ...{ isRequired: true, names: ['protocol', '種類', '方式', '種類與協定', 'probed by'] },
    },
    {
      ...{ name: 'target', field: 'target', kind: 'text', width: 40, most: facts.targetCharsMax },
      ...{
        isRequired: true,
        names: ['url', 'address', '対象', '宛先', '目標', '位址', '監視対象'],
      },
    },
    {
      ...{ name: 'statuses', field: 'statuses', kind: 'list', width: 16, most: 16 },
      ...{
        pattern: /^[1-5]\d\d$/,
        names: [
          'status',
          'status codes',
          'ステータス',
          '狀態碼',
          '正常なステータスコード',
          '正常狀態碼',
          'good status codes',
        ],
      },
    },
    {
      ...{ name: 'holds', field: 'text', kind: 'text', width: 24, most: 200 },
      names: [
        'expected text',
        '含まれる文字列',
        '應含文字',
        '含まれるべき文字列',
        '應包含的文字',
        'text it must hold',
      ],
    },
    {
      ...{ name: 'redirects', field: 'followsRedirects', kind: 'truth', width: 10, empty: false },
      names: [
        'follows redirects',
        'リダイレクト',
        '重新導向',
        'リダイレクトに従う',
        '跟隨重新導向',
      ],
    },
  ],
  hints: ['kind', 'target'],
  listed: facts.probeListed,
  removed: facts.probeRemoved,
  begun: facts.probeImportBegun,
  ended: facts.probeImportEnded,
  check({ kind, target, statuses, text, followsRedirects }) {
    const read = readTarget(kind as ProbeKind, String(target))
    if (typeof read === 'string') throw cellError('target', read)
    const isHttp = kind === 'http'
    if (!isHttp && Array.isArray(statuses) && statuses.length > 0)
      throw cellError('statuses', 'http alone')
    if (!isHttp && followsRedirects === true) throw cellError('redirects', 'http alone')
    if (kind === 'tls' && text !== null) throw cellError('holds', 'not of a handshake')
  },
})
