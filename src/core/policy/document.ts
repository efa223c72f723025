import type { Locale } from '../i18n/locale.ts'

/** Words in the three languages of the pack. */
export type Text = Readonly<Record<Locale, string>>

/** What this module needs to know of a sentence of the policy. */
export type Statement = Readonly<{
  number: number
  id: string
  kind: string
  text: Text
  owner: string
  period?: string | undefined
  population?: Text | undefined
  evidence?: Text | undefined
  note?: Text | undefined
  frameworks: Readonly<Record<string, readonly string[]>>
  laws: readonly string[]
  /** Controls that the pack binds to it. */
  controls: readonly Readonly<{ id: string }>[]
  /** Ids of controls that it waits for. */
  awaits: readonly string[]
}>

export type Group = Readonly<{ group: number; title: Text; statements: readonly Statement[] }>
export type Section = Readonly<{ section: number; title: Text; groups: readonly Group[] }>

/** The policy as a document. */
export type PolicyDocument = Readonly<{
  policy: string
  version: string
  title: Text
  /** What the roles that answer for statements are called. */
  roles: Readonly<Record<string, Text>>
  organisation: Readonly<{
    /** IANA zone in which its days begin and its deadlines are read. */
    zone: string
  }>
  sections: readonly Section[]
}>

export const statementsOf = (document: PolicyDocument): readonly Statement[] =>
  document.sections.flatMap(section => section.groups.flatMap(group => group.statements))
