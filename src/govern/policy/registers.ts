import type { Fact } from '../../core/fact.ts'
import { tellOf, type ViewAction } from '../../core/register/action.ts'
import { type PlainRow, plainRegister } from '../../core/register/plain.ts'
import { asksFor, asksNoMore, twoPersons } from '../../core/register/two-persons.ts'
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
  run: ({ id: obligation }, { version, source }, asked) =>
    tellOf({ type: facts.versionChecked, body: { obligation, version, source } }, asked),
}

/** What was to be improved is improved, and a file shows it. */
const finish: ViewAction<PlainRow> = {
  ...{ name: 'finish', permission: 'write', fields: [], evidence: 'evidence' },
  summary: 'Says that what was to be improved is done, with the file that shows it',
  isFor: ({ told }) => told['done'] === undefined,
  run: ({ id: item }, { evidence }, asked) =>
    tellOf({ type: facts.itemDone, body: { item, evidence } }, asked),
}

/** A law is repealed, or does not bind us: two persons say so. */
const remove = twoPersons({
  ...{ name: 'remove', summary: 'takes the obligation off the register', fields: [] },
  ...{ key: 'obligation', asked: facts.removalAsked },
  ...{ told: facts.obligationRemoved, slot: 'second', isFor: () => true },
})

/** What laws ask of us. An obligation is taken off by two persons, and so never by a file. */
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
      ...{ name: 'owner', field: 'owner', kind: 'office', width: 16, pattern: slug },
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
  hints: ['law', 'provision'],
  verified: 'checked',
  actions: [check, ...remove],
  whole: {
    declared: facts.obligationsDeclared,
    // Of what has no entry nobody can say that it is all: that stays unknown.
    declare: (obligations, hash, part) => ({
      ...{ jurisdiction: part?.of, obligations, hash },
      laws: [...new Set(part?.rows.map(({ body }) => body['law']))].sort(),
    }),
    compared: {
      type: facts.obligationsCompared,
      tell: (part, jurisdiction) => ({ jurisdiction, ...part }),
    },
    parts: 'jurisdiction',
  },
  removed: null,
  begun: facts.obligationImportBegun,
  ended: facts.obligationImportEnded,
  also: {
    from: [facts.versionChecked, facts.removalAsked, facts.obligationRemoved],
    keyOf: ({ body }) => (body as { obligation: string }).obligation,
    step(row, fact) {
      const { body, told } = row
      // One person alone takes nothing off.
      if (fact.type === facts.obligationRemoved.name)
        return facts.isBy('by', 'second')(fact) ? null : { body, told }
      if (fact.type === facts.removalAsked.name)
        return { body, told: asksFor('remove', row, fact.pos) }
      const { version } = (fact as Fact<{ version: string }>).body
      return {
        body,
        told: { ...told, checked: fact.occurred.slice(0, 10), 'in-force': version },
      }
    },
  },
})

/** Another day instead of the one that stands. */
const postpone = twoPersons({
  ...{ name: 'postpone', summary: 'puts the item off to another day' },
  fields: [{ name: 'due', field: 'due', kind: 'date', width: 12, isRequired: true, names: [] }],
  ...{ key: 'item', asked: facts.postponementAsked, told: facts.itemPostponed, slot: 'approver' },
  isFor: ({ told }) => told['done'] === undefined,
})

/** Done with and archived, there twice, or given up: two persons say so. */
const drop = twoPersons({
  ...{ name: 'remove', summary: 'takes the item off the register', key: 'item' },
  fields: [
    {
      ...{ name: 'reason', field: 'reason', kind: 'choice', width: 12, isRequired: true },
      ...{ choices: facts.offReasons, names: [] },
    },
  ],
  ...{ asked: facts.itemRemovalAsked, told: facts.itemRemoved, slot: 'second' },
  isFor: () => true,
})

/** What is to be improved. What is done with is taken off by two persons, and so never by a file. */
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
    { name: 'wanted', field: null, kind: 'date', width: 12, isShownOnly: true, names: [] },
    { name: 'done', field: null, kind: 'date', width: 12, isShownOnly: true, names: [] },
    {
      ...{ name: 'removal', field: null, kind: 'choice', width: 12, isShownOnly: true },
      ...{ choices: facts.offReasons, names: [] },
    },
  ],
  listed: facts.itemOpened,
  hints: ['origin', 'due'],
  actions: [finish, ...postpone, ...drop],
  removed: null,
  begun: facts.itemImportBegun,
  ended: facts.itemImportEnded,
  whole: {
    declared: facts.itemsDeclared,
    declare: (items, hash) => ({ items, hash }),
    compared: { type: facts.itemsCompared, tell: part => part },
  },
  also: {
    from: [
      ...[facts.postponementAsked, facts.itemPostponed, facts.itemDone],
      ...[facts.itemRemovalAsked, facts.itemRemoved],
    ],
    keyOf: ({ body }) => (body as { item: string }).item,
    step(row, fact) {
      const { body, told } = row
      if (fact.type === facts.itemRemoved.name) {
        return facts.isBy('by', 'second')(fact) ? null : { body, told }
      }
      if (fact.type === facts.itemDone.name) {
        return { body, told: { ...told, done: fact.occurred.slice(0, 10) } }
      }
      if (fact.type === facts.itemRemovalAsked.name) {
        const { reason } = (fact as Fact<{ reason: string }>).body
        return { body, told: { ...asksFor('remove', row, fact.pos), removal: reason } }
      }
      const { due } = (fact as Fact<{ due: string }>).body
      if (fact.type === facts.postponementAsked.name)
        return { body, told: { ...asksFor('postpone', row, fact.pos), wanted: due } }
      if (!facts.isBy('by', 'approver')(fact)) return { body, told }
      const { wanted: _, ...rest } = asksNoMore('postpone', row)
      return { body: { ...body, due }, told: rest }
    },
  },
})

export const registers = [laws, improvements]
