import { join } from 'node:path'
import { organisationConfigured } from '../account/facts.ts'
import type { Instant } from '../fact.ts'
import { parameterDecided, policyAdopted } from '../facts.ts'
import type { Locale } from '../i18n/locale.ts'
import type { Messages } from '../i18n/messages.ts'
import type { PolicyDesk, Reader } from '../module.ts'
import { loadCalendars } from '../policy/calendars.ts'
import { loadLaws } from '../policy/laws.ts'
import type { Library } from '../policy/library.ts'
import type { Finding, Outside } from '../policy/lint/finding.ts'
import { lint } from '../policy/lint/lint.ts'
import { loadOutside } from '../policy/outside.ts'
import type { Binding, Frameworks, Pack } from '../policy/pack.ts'
import { packFromCanonical } from '../policy/read.ts'
import type { Clock } from '../time.ts'
import { dayIn, toInstant } from '../time.ts'
import { leavesOpen, Policies } from './adoption.ts'
import { readingText, ruleText } from './finding-text.ts'
import { frameworksOf } from './policies.ts'

type Parts = Readonly<{
  reader: Reader
  clock: Clock
  /** The folder of the program: labels, laws and calendars lie in its `policy`. */
  project: string
  controls: Library
  /** What the adopted pack of this hash binds to its controls. */
  bound(hash: string): ReadonlyMap<string, Binding> | null
  messages: Messages
  decide: PolicyDesk['decide']
}>

/** Adoptions and decisions come by hand; an organisation that made more of them has other troubles. */
const changesMax = 10_000

/** What the program brings with it: read once, for its files do not change while it runs. */
const brought = new Map<string, Outside & Readonly<{ frameworks: Frameworks }>>()

function broughtBy(project: string) {
  const at = (name: string) => join(project, 'policy', name)
  const read = brought.get(project) ?? {
    laws: loadLaws(at('laws')),
    sources: loadOutside(at('outside')),
    calendars: loadCalendars(at('calendars')),
    frameworks: frameworksOf({ project }),
  }
  brought.set(project, read)
  return read
}

/** What the policy page asks of the policy, beside its verdicts. */
export function openPolicyDesk(parts: Parts): PolicyDesk {
  const { reader, clock, project, controls } = parts
  return {
    async figures(ids) {
      const policies = new Policies(parts.bound)
      const facts = await Promise.all(
        [policyAdopted, parameterDecided, organisationConfigured].map(type =>
          reader.latest<unknown>(type, changesMax),
        ),
      )
      for (const fact of facts.flat().sort((a, b) => a.pos - b.pos)) policies.take(fact)
      const now: Instant = toInstant(clock.nowMs())
      return controls
        .filter(control => ids.includes(control.id))
        .flatMap(control => {
          const { adopted, params, assumed } = policies.inForce(control.id, control.params, now)
          const bound = adopted === null ? undefined : parts.bound(adopted.hash)?.get(control.id)
          return Object.keys(control.params)
            .filter(name => name !== 'zone')
            .map(name => ({
              control: control.id,
              name,
              value: params[name]!,
              isAssumed: assumed.includes(name),
              isOpen: adopted !== null && leavesOpen(bound, name),
            }))
        })
    },
    decide: parts.decide,
    frameworks: () => broughtBy(project).frameworks,
    // Laws and bodies are those of today where the organisation is.
    findings(pack, locale) {
      const day = dayIn(clock.nowMs(), pack.organisation.zone)
      return findingsOf(pack, { messages: parts.messages, project, day }, locale)
    },
    async adopted(hash) {
      const known = packs.get(hash)
      if (known !== undefined) return known
      const [row] = await reader.query<{ content: string }>(
        'select content from fold.policy where hash = $1',
        [hash],
      )
      if (row === undefined) return null
      const pack = packFromCanonical(row.content)
      if (packs.size >= packsMax) packs.clear()
      packs.set(hash, pack)
      return pack
    },
  }
}

/** Packs that a day gone by was under, by their hash: each takes milliseconds to be read, and never changes. */
const packs = new Map<string, Pack>()
/** A pack takes a megabyte, and few are looked at again and again. */
const packsMax = 8

type Findings = ReturnType<PolicyDesk['findings']>
type Under = Readonly<{ messages: Messages; project: string; day: string }>
type Linted = Under & Readonly<{ found: readonly Finding[]; told: Map<Locale, Findings> }>

/** Of each pack, what was found last: it is the same for everybody until the day is over. */
const linted = new WeakMap<Pack, Linted>()

function findingsOf(pack: Pack, under: Under, locale: Locale): Findings {
  const before = linted.get(pack)
  const { messages, project, day } = under
  const isSame = before?.day === day && before.messages === messages && before.project === project
  const last = isSame
    ? before
    : { ...under, found: lint(pack, broughtBy(project), day), told: new Map() }
  linted.set(pack, last)
  const known = last.told.get(locale)
  if (known !== undefined) return known
  const { translate, has, ids } = messages
  const say = Object.assign((id: string, values = {}) => translate(locale, id, values), {
    locale,
    has,
    ids,
  })
  const told = last.found.map(finding => ({
    severity: finding.severity,
    statements: finding.statements,
    text: ruleText(finding, say),
    reading: readingText(finding, say),
  }))
  last.told.set(locale, told)
  return told
}
