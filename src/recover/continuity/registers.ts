import { distanceMetres } from '../../core/distance.ts'
import type { Fact } from '../../core/fact.ts'
import { plainRegister } from '../../core/register/plain.ts'
import { showValue } from '../../core/register/plain-column.ts'
import type { Draft } from '../../core/register/register.ts'
import { cellError } from '../../core/register/table.ts'
import {
  runbookListed,
  runbookRemoved,
  runbooksCompared,
  runbooksDeclared,
  runbookWritten,
} from '../restore/facts.ts'
import * as facts from './facts.ts'

const site = /^[a-z0-9][a-z0-9._:/-]{0,79}$/

type Located = Readonly<{ primary: facts.Place; alternate: facts.Place }>

const sites = plainRegister({
  name: 'site',
  table: 'site_register',
  columns: [
    {
      ...{ name: 'pair', field: 'pair', kind: 'code', width: 20, pattern: site },
      ...{ isRequired: true, isFixed: true, names: ['number', '組', '組番号', '配對', '配對編號'] },
    },
    {
      ...{ name: 'primary', field: 'primary', kind: 'code', width: 20, pattern: site },
      ...{ isRequired: true, names: ['primary site', '主拠点', '主サイト', '主要據點', '主站點'] },
    },
    {
      ...{ name: 'alternate', field: 'alternate', kind: 'code', width: 20, pattern: site },
      ...{
        isRequired: true,
        names: ['alternate site', '代替拠点', '予備サイト', '備援據點', '備援站點'],
      },
    },
    {
      ...{ name: 'primary-place', field: 'primaryPlace', kind: 'place', width: 22 },
      names: ['place of the primary', '主拠点の座標', '主要據點座標'],
    },
    {
      ...{ name: 'alternate-place', field: 'alternatePlace', kind: 'place', width: 22 },
      names: ['place of the alternate', '代替拠点の座標', '備援據點座標'],
    },
    {
      ...{ name: 'distance', field: null, kind: 'number', width: 10, isShownOnly: true },
      names: ['distance in kilometres', '距離', '距離（公里）'],
    },
  ],
  listed: facts.pairListed,
  removed: facts.pairRemoved,
  begun: facts.pairImportBegun,
  ended: facts.pairImportEnded,
  whole: {
    declared: facts.pairsDeclared,
    declare: (pairs, hash) => ({ pairs, hash }),
    compared: { type: facts.pairsCompared, tell: part => part },
  },
  also: {
    from: [facts.pairLocated],
    keyOf: ({ body }) => (body as { pair: string }).pair,
    step({ body, told }, fact) {
      const { primary, alternate } = (fact as Fact<Located>).body
      // Cut, not rounded: what reads as 100 is never a metre less.
      const distance = String(Math.floor(distanceMetres(primary, alternate) / 1_000))
      return {
        body: { ...body, primaryPlace: primary, alternatePlace: alternate },
        told: { ...told, distance },
      }
    },
  },
  check({ primary, alternate, primaryPlace = null, alternatePlace = null }) {
    if (primary === alternate) throw cellError('alternate', 'the primary itself')
    if (primaryPlace === null && alternatePlace !== null) throw cellError('primary-place', 'empty')
    if (primaryPlace !== null && alternatePlace === null)
      throw cellError('alternate-place', 'empty')
  },
  draftsOf({ pair, primary, alternate, primaryPlace, alternatePlace }, before): readonly Draft[] {
    const isOther = (field: string, value: unknown) =>
      showValue(before?.[field]) !== showValue(value)
    const isListed = isOther('primary', primary) || isOther('alternate', alternate)
    const isLocated =
      isOther('primaryPlace', primaryPlace) || isOther('alternatePlace', alternatePlace)
    if (isLocated && showValue(primaryPlace) === '') {
      // There is no word for a place that is not known any more.
      throw cellError('primary-place', 'empty')
    }
    const places = { pair, primary: primaryPlace, alternate: alternatePlace }
    return [
      ...(isListed ? [{ type: facts.pairListed, body: { pair, primary, alternate } }] : []),
      ...(isLocated ? [{ type: facts.pairLocated, body: places }] : []),
    ]
  },
})

/** How soon a service must be back, with how little lost, what it needs and where it runs. */
const services = plainRegister({
  name: 'service',
  table: 'service_register',
  columns: [
    {
      ...{ name: 'service', field: 'service', kind: 'code', width: 24 },
      ...{
        isRequired: true,
        isFixed: true,
        names: ['number', 'サービス', 'サービス番号', '服務', '服務編號'],
      },
    },
    {
      ...{ name: 'owner', field: 'owner', kind: 'office', width: 20 },
      ...{ pattern: /^[a-z][a-z0-9-]{0,39}$/, names: ['責任者', '負責人'] },
    },
    {
      ...{ name: 'rto', field: 'rtoMinutes', kind: 'number', width: 10 },
      names: ['rto minutes', 'rto in minutes', '目標復旧時間', '復原時間目標'],
    },
    {
      ...{ name: 'rpo', field: 'rpoMinutes', kind: 'number', width: 10 },
      names: ['rpo minutes', 'rpo in minutes', '目標復旧時点', '復原點目標'],
    },
    {
      ...{ name: 'depends-on', field: 'dependsOn', kind: 'list', width: 30 },
      of: { register: 'service' },
      names: ['dependencies', '依存先', '相依服務'],
    },
    {
      ...{ name: 'site', field: 'site', kind: 'code', width: 16, pattern: site },
      names: ['拠点', '據點'],
    },
  ],
  listed: facts.serviceListed,
  removed: facts.serviceRemoved,
  begun: facts.serviceImportBegun,
  ended: facts.serviceImportEnded,
  check({ service, dependsOn }) {
    if (Array.isArray(dependsOn) && dependsOn.includes(service)) {
      throw cellError('depends-on', 'the service itself')
    }
  },
})

/** Which runbooks there must be, and what each is about; what stands in them is written beside it. */
const runbooks = plainRegister({
  name: 'runbook',
  table: 'runbook_register',
  columns: [
    {
      ...{ name: 'runbook', field: 'runbook', kind: 'code', width: 24, pattern: site },
      ...{ isRequired: true, isFixed: true },
      names: ['number', '手順書', '手順書番号', '程序書', '程序書編號'],
    },
    {
      ...{ name: 'about', field: 'about', kind: 'code', width: 24, pattern: site },
      ...{ isRequired: true, of: { register: 'service' } },
      names: ['service', '対象サービス', '対象', '適用服務', '對象'],
    },
    {
      ...{ name: 'version', field: null, kind: 'text', width: 8, isShownOnly: true },
      names: ['版', '版本'],
    },
    {
      ...{ name: 'systems', field: null, kind: 'number', width: 10, isShownOnly: true },
      names: ['復旧するシステム数', '復原系統數'],
    },
  ],
  listed: runbookListed,
  removed: runbookRemoved,
  begun: facts.runbookImportBegun,
  ended: facts.runbookImportEnded,
  whole: {
    declared: runbooksDeclared,
    declare: (runbooks, hash) => ({ runbooks, hash }),
    compared: { type: runbooksCompared, tell: part => part },
  },
  also: {
    from: [runbookWritten],
    keyOf: ({ body }) => (body as { runbook: string }).runbook,
    step({ body, told }, fact) {
      const { version, order } = (fact as Fact<{ version: string; order: unknown[] }>).body
      return { body, told: { ...told, version, systems: String(order.length) } }
    },
  },
})

export const registers = { sites, services, runbooks }
