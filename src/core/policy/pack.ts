import type { Kind, Params, Role } from '../control/kind.ts'
import type { Duration } from '../fact.ts'
import type { Zone } from '../time.ts'

/** The languages that people read a policy in. A pack is complete in all of them or it is refused. */
export const languages = ['ja', 'zh-TW', 'en'] as const

export type Language = (typeof languages)[number]

export type Text = Readonly<Record<Language, string>>

export const kinds = [
  'cadence',
  'clock',
  'state',
  'objective',
  'capability',
  'rollup',
] as const satisfies readonly Kind['name'][]

export type KindName = Kind['name']

/** What a statement is about, where the law, a standard or a second statement may say something too. */
export const topics = [
  'access-review',
  'asset-inventory',
  'authority-report',
  'awareness-training',
  'backup',
  'continuous-archiving',
  'customer-notice',
  'damage-control',
  'external-audit',
  'incident-review',
  'incident-severity',
  'internal-audit',
  'password',
  'patching',
  'penetration-test',
  'people-notice',
  'recovery-drill',
  'request-receipt',
  'restore-test',
  'rights-request',
  'risk-assessment',
  'vulnerability-scan',
] as const

export type Topic = (typeof topics)[number]

/** What a figure measures, where that is comparable from policy to policy. */
export const measures = [
  'availability',
  'recovery-time',
  'recovery-point',
  'password-age',
  'password-composition',
  'password-length',
] as const

export type Measure = (typeof measures)[number]

/** The phases of handling an incident, as NIST SP 800-61 has them. */
export const stages = [
  'first-response',
  'analysis',
  'containment',
  'recovery',
  'notification',
  'improvement',
] as const

export type Stage = (typeof stages)[number]

/** Whom a duty looks at: ourselves, or those who work for us. */
export const scopes = ['own', 'third-parties'] as const

/** A number or a name that the policy states: `{name: availability, value: 995000, unit: ppm, bound: 'atLeast'}`. */
export type Figure = Readonly<{
  name: string
  /** Integers only; what is no integer is a string (`'1.3'`, `'AES-256'`), a period is ISO 8601. */
  value: string | number
  /** One of the units that the pack declares; `duration` means that the value is a duration. */
  unit: string
  bound: 'atLeast' | 'atMost' | 'exactly' | null
  measures: Measure | null
}>

/** A control that stands behind a statement, with what the policy says about its parameters. */
export type Binding = Readonly<{
  control: string
  params: Params
  /** Names of `params` that the policy leaves open: assumed until an owner decides (V35). */
  assumed: readonly string[]
}>

/** One sentence of the policy. `null` means that the policy gives none. */
export type Statement = Readonly<{
  /** 1 … n in the order of the document. */
  number: number
  /** section.group.sentence, e.g. `7.2.1`. */
  id: string
  section: number
  group: number
  /** SHA-256 of the sentence as the policy has it, under NFKC and without white space; its text is not kept. */
  sentence: string | null
  /** The kind of question the sentence asks at first reading, and a second one that it asks too. */
  kind: KindName
  alsoKind: KindName | null
  /** The kinds that its controls have once worked through, where they differ from `kind`. */
  judgedAs: readonly KindName[]
  text: Text
  /** Who answers for it: one of the pack's roles. */
  owner: Role
  /** How often, or the window it is measured over. */
  period: Duration | null
  /** Within what. */
  limit: Duration | null
  /** What starts and stops the time that `limit` bounds: two of the pack's events. */
  clock: Readonly<{
    start: string
    stop: string
    stage: Stage | null
    /** Which of the two events the policy does not state and we assume. */
    assumed: readonly ('start' | 'stop')[]
  }> | null
  /** Whose business days count, as a country; null where the policy names none. */
  calendar: string | null
  topics: readonly Topic[]
  /** Null where the policy does not say, or where it does not matter. */
  scope: (typeof scopes)[number] | null
  /** The grade of one of the pack's scales that it describes. */
  level: Readonly<{ scale: string; value: number }> | null
  /** Outside bodies that it names, by the ids of `policy/outside`. */
  bodies: readonly string[]
  /** Terms of the pack on which it depends when it applies, and those that it defines. */
  uses: readonly string[]
  defines: readonly string[]
  figures: readonly Figure[]
  /** Names of figures, or `period` or `limit`, that the policy does not state and we assume (V35). */
  assumed: readonly string[]
  population: Text
  /** What proves it. */
  evidence: Text
  /** Framework id → references, e.g. `csf20` → `PR.DS-02`. */
  frameworks: Readonly<Record<string, readonly string[]>>
  laws: readonly string[]
  /** Numbers of statements that state the same duty; mutual, and they share a control. */
  sameDutyAs: readonly number[]
  /** Numbers of neighbouring statements. */
  related: readonly number[]
  note: Text | null
  controls: readonly Binding[]
  /** Ids of planned controls that it waits for. While `controls` is empty it is `unknown / no.control` (V26). */
  awaits: readonly string[]
}>

/** Grades from `mildest` to `gravest`; which of the two numbers is larger says how the scale runs. */
export type Scale = Readonly<{ text: Text; topic: Topic; gravest: number; mildest: number }>

export type Group = Readonly<{ group: number; title: Text; statements: readonly Statement[] }>

export type Section = Readonly<{ section: number; title: Text; groups: readonly Group[] }>

/**
 * A policy as data, checked and frozen. What it says is fixed by `hash`: `policy.version.adopted`
 * names it, so that everybody can tell under which words a verdict was given.
 */
export type Pack = Readonly<{
  id: string
  version: string
  title: Text
  organisation: Readonly<{ name: Text; registration: string | null; zone: Zone }>
  published: Readonly<{ date: string; language: string; where: Text }>
  roles: ReadonlyMap<Role, Text>
  units: ReadonlyMap<string, Text>
  events: ReadonlyMap<string, Text>
  terms: ReadonlyMap<string, Text>
  scales: ReadonlyMap<string, Scale>
  sections: readonly Section[]
  /** All statements in the order of the document: `statements[n - 1].number === n`. */
  statements: readonly Statement[]
  /** The content as canonical JSON (RFC 8785). It knows nothing of files, key order or YAML style. */
  canonical: string
  /** SHA-256 of `canonical` in hexadecimal. */
  hash: string
  /** Statement id → its controls. Every statement is there; one that only awaits has an empty list. */
  bindings(): ReadonlyMap<string, readonly Binding[]>
  /** Control id → parameters. One control has the same parameters wherever it is bound. */
  controls(): ReadonlyMap<string, Params>
}>

/** Labels in our own words for the references of one framework. */
export type Framework = Readonly<{ id: string; name: string; labels: ReadonlyMap<string, Text> }>

export type Frameworks = ReadonlyMap<string, Framework>
