import type { Fact } from '../../core/fact.ts'
import type { ViewAction } from '../../core/register/action.ts'
import { append } from '../../core/register/edit.ts'
import { refuseUnfit } from '../../core/register/import.ts'
import { type PlainRow, plainRegister } from '../../core/register/plain.ts'
import * as facts from './facts.ts'

const slug = /^[a-z][a-z0-9-]{0,39}$/
const number = /^[a-z0-9][a-z0-9._/-]{0,63}$/

/** Somebody looked up which version of a provision is in force, and where he read it. */
const check: ViewAction<PlainRow> = {
  ...{ name: 'check', permission: 'write', isFor: () => true },
  summary: 'Says which version of the provision is in force today, and where it is published',
  fields: [
    {
      ...{ name: 'version', field: 'version', kind: 'text', width: 20, most: 80, names: [] },
      isRequired: true,
    },
    {
      ...{ name: 'source', field: 'source', kind: 'text', width: 40, most: 300, names: [] },
      isRequired: true,
    },
  ],
  async run({ id: obligation }, { version, source }, asked) {
    const draft = { type: facts.versionChecked, body: { obligation, version, source } }
    refuseUnfit(draft)
    await append([draft], asked)
  },
}

/** What laws ask of us. An obligation is taken off by two persons, and so not here. */
const laws = plainRegister({
  name: 'law',
  table: 'law_register',
  columns: [
    {
      ...{ name: 'obligation', field: 'obligation', kind: 'code', width: 20, pattern: number },
      ...{ isRequired: true, isFixed: true, names: ['number', '番号', '義務番号', '義務編號'] },
    },
    {
      ...{ name: 'jurisdiction', field: 'jurisdiction', kind: 'choice', width: 16 },
      ...{
        isRequired: true,
        choices: facts.jurisdictions,
        names: ['法域', '国', '法域別', '國家'],
      },
    },
    {
      ...{ name: 'law', field: 'law', kind: 'code', width: 16, pattern: slug },
      ...{ isRequired: true, names: ['法令', '法律'] },
    },
    {
      ...{ name: 'provision', field: 'provision', kind: 'text', width: 24, most: 80 },
      ...{ isRequired: true, names: ['条項', '條文'] },
    },
    {
      ...{ name: 'owner', field: 'owner', kind: 'code', width: 16, pattern: slug },
      names: ['責任者', '負責人'],
    },
    {
      ...{ name: 'version', field: 'version', kind: 'text', width: 20, most: 80 },
      ...{ isRequired: true, names: ['版', '版本'] },
    },
    {
      ...{ name: 'checked', field: null, kind: 'date', width: 12, isShownOnly: true, names: [] },
    },
    {
      ...{ name: 'in-force', field: null, kind: 'text', width: 20, isShownOnly: true, names: [] },
    },
  ],
  listed: facts.obligationListed,
  verified: 'checked',
  actions: [check],
  removed: null,
  begun: facts.obligationImportBegun,
  ended: facts.obligationImportEnded,
  also: {
    from: [facts.versionChecked, facts.obligationRemoved],
    keyOf: ({ body }) => (body as { obligation: string }).obligation,
    step({ body, told }, fact) {
      if (fact.type === facts.obligationRemoved.name) return null
      const { version } = (fact as Fact<{ version: string }>).body
      return {
        body,
        told: { ...told, checked: fact.occurred.slice(0, 10), 'in-force': version },
      }
    },
  },
})

/** What is to be improved. Another day, and that it is done with, are said by two persons, and so not here. */
const improvements = plainRegister({
  name: 'improvement',
  table: 'improvement_register',
  columns: [
    {
      ...{ name: 'item', field: 'item', kind: 'code', width: 20, pattern: number },
      ...{ isRequired: true, isFixed: true, names: ['number', '番号', '項目', '編號'] },
    },
    {
      ...{ name: 'origin', field: 'origin', kind: 'choice', width: 14, choices: facts.origins },
      ...{ isRequired: true, isFixed: true, names: ['きっかけ', '契機', '來源'] },
    },
    {
      ...{ name: 'due', field: 'due', kind: 'date', width: 12, isRequired: true, isFixed: true },
      names: ['期限', '期日', '到期日'],
    },
    { name: 'done', field: null, kind: 'date', width: 12, isShownOnly: true, names: [] },
  ],
  listed: facts.itemOpened,
  removed: null,
  begun: facts.itemImportBegun,
  ended: facts.itemImportEnded,
  whole: {
    declared: facts.itemsDeclared,
    declare: (items, hash) => ({ items, hash }),
    compared: { type: facts.itemsCompared, tell: part => part },
  },
  also: {
    from: [facts.itemPostponed, facts.itemDone, facts.itemRemoved],
    keyOf: ({ body }) => (body as { item: string }).item,
    step({ body, told }, fact) {
      if (fact.type === facts.itemRemoved.name) {
        return facts.isBy('by', 'second')(fact) ? null : { body, told }
      }
      if (fact.type === facts.itemDone.name) {
        return { body, told: { ...told, done: fact.occurred.slice(0, 10) } }
      }
      if (!facts.isBy('by', 'approver')(fact)) return { body, told }
      return { body: { ...body, due: (fact as Fact<{ due: string }>).body.due }, told }
    },
  },
})

export const registers = [laws, improvements]
