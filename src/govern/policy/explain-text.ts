import { OkiteError } from '../../core/error.ts'
import { formatRelative } from '../../core/i18n/time.ts'
import type { Reader } from '../../core/module.ts'
import type { Statement } from '../../core/policy/pack.ts'
import type { Terminal } from '../../core/terminal.ts'
import { paint, safe, wrap } from '../../core/terminal.ts'
import type { Explained, FactView } from './explain.ts'
import type { Proven } from './proof.ts'
import { checkProof } from './proof.ts'
import { styles } from './table.ts'
import type { Status } from './view.ts'
import type { Words } from './words.ts'
import {
  assumedOf,
  beginOf,
  conclusionText,
  countText,
  fieldsOf,
  glyphs,
  instantText,
  reasonText,
  timesOf,
} from './words.ts'

export type Checked = Readonly<{ pos: number; proven: Proven | null; why: string | null }>

/** Asks for the proof of each fact and checks it here and now. */
export async function checkAll(facts: readonly FactView[], reader: Reader): Promise<Checked[]> {
  const { vkey } = await reader.ledger()
  return Promise.all(
    facts.map(async shown => {
      const { pos } = shown
      const given = await reader.prove(pos)
      if (given === null) return { pos, proven: null, why: 'no proof was given' }
      try {
        return { pos, proven: await checkProof({ ...given, vkey, shown }), why: null }
      } catch (thrown) {
        if (thrown instanceof OkiteError) return { pos, proven: null, why: thrown.code }
        throw thrown
      }
    }),
  )
}

/** One statement with all that stands behind it, for a terminal. */
export function renderExplained(
  statement: Statement,
  explained: Explained,
  checked: readonly Checked[],
  words: Words,
  terminal: Terminal,
  nowMs: number,
): string {
  const { view } = explained
  const sheet = new Sheet(terminal)
  const { t } = words
  sheet.text(0, `${view.number}  ${view.id}`, 'bold')
  sheet.text(0, statement.text[words.locale])
  sheet.blank()
  const status = statusText(view.status, words, terminal)
  sheet.raw(`${status}  ${safe(reasonText(words, view.reason))}`)
  const assumed = assumedOf(words, view.reason)
  if (assumed) sheet.text(2, t('policy.assumed', { names: assumed }))
  if (view.since) {
    const relative = formatRelative(words.locale, view.since, nowMs)
    sheet.text(2, t('policy.since', { instant: instantText(words, view.since), relative }))
  }
  if (explained.trust) sheet.text(2, t('policy.rests.on', { trust: t(`trust.${explained.trust}`) }))
  sheet.text(2, t(`status.${view.status}.means`), 'dim')
  if (statement.population) {
    sheet.text(2, `${t('policy.population')}: ${statement.population[words.locale]}`, 'dim')
  }
  if (statement.evidence && view.evidence.length === 0) {
    sheet.text(2, `${t('policy.evidence.wanted')}: ${statement.evidence[words.locale]}`, 'dim')
  }
  if (view.status === 'unknown') {
    for (const text of beginOf(words, view.controls)) sheet.text(2, `→ ${text}`, 'bold')
  }
  controlsText(sheet, explained, words, terminal)
  factsText(sheet, t('policy.evidence'), explained.evidence, checked, words, true)
  factsText(sheet, t('policy.conclusions'), explained.conclusions, checked, words, false)
  return sheet.toString()
}

const statusText = (status: Status, words: Words, terminal: Terminal): string =>
  paint(terminal, styles[status], `${glyphs[status]} ${words.t(`status.${status}`)}`)

function controlsText(sheet: Sheet, explained: Explained, words: Words, terminal: Terminal): void {
  for (const control of explained.controls) {
    sheet.blank()
    const id = `control.${control.id}`
    const name = words.has(id) ? `${words.t(id)}  ${control.id}` : control.id
    sheet.text(0, `${words.t('policy.control')} ${name}`, 'bold')
    const counts = countText(words, control.population)
    const reason = safe(reasonText(words, control.reason))
    sheet.raw(`  ${statusText(control.status, words, terminal)}  ${reason} (${counts})`)
    if (control.next) {
      sheet.text(2, words.t('policy.next', { instant: instantText(words, control.next) }), 'dim')
    }
    for (const subject of explained.subjects.filter(each => each.control === control.id)) {
      const mark = paint(terminal, styles[subject.status], glyphs[subject.status])
      const why = safe(reasonText(words, subject.reason))
      const since = words.t('policy.since.short', { instant: instantText(words, subject.since) })
      sheet.raw(`  ${mark} ${safe(subject.key)}`)
      sheet.text(4, why)
      sheet.text(4, since, 'dim')
    }
  }
}

function factsText(
  sheet: Sheet,
  title: string,
  facts: readonly FactView[],
  checked: readonly Checked[],
  words: Words,
  inFull: boolean,
): void {
  if (facts.length === 0) return
  sheet.blank()
  sheet.text(0, title, 'bold')
  for (const fact of facts) {
    const from = inFull ? `  ${words.t(`trust.${fact.trust}`)}  ${fact.source}` : ''
    sheet.text(2, `#${fact.pos}  ${fact.type}${from}`)
    const concluded = inFull ? null : conclusionText(words, fact)
    if (concluded) sheet.text(6, concluded)
    const times = inFull
      ? timesOf(words, fact)
      : [{ name: words.t('time.recorded'), value: instantText(words, fact.recorded, true) }]
    for (const { name, value } of times) sheet.text(6, `${name} ${value}`, 'dim')
    if (inFull)
      for (const field of fieldsOf(fact.body)) sheet.text(6, `${field.name}: ${field.value}`)
    if (fact.because.length > 0) {
      const because = fact.because.map(pos => `#${pos}`).join(' ')
      sheet.text(6, `${words.t('policy.because')} ${because}`, 'dim')
    }
    proofText(
      sheet,
      checked.find(each => each.pos === fact.pos),
      words,
    )
  }
}

function proofText(sheet: Sheet, checked: Checked | undefined, words: Words): void {
  if (checked === undefined) return
  const { proven } = checked
  if (proven === null) {
    sheet.text(6, words.t('policy.proof.refused', { why: checked.why }), 'red')
    return
  }
  const root = `${proven.root.slice(0, 12)}…`
  const { pos, size, signer } = proven
  sheet.text(6, words.t('policy.proof.checked', { pos, size, root, signer }), 'green')
}

/** Lines under each other, each wrapped at the width with its indentation. */
class Sheet {
  private readonly lines: string[] = []
  private readonly terminal: Terminal

  constructor(terminal: Terminal) {
    this.terminal = terminal
  }

  text(indent: number, text: string, style?: Parameters<typeof paint>[1]): void {
    for (const line of wrap(safe(text), this.terminal.width - indent)) {
      this.lines.push(' '.repeat(indent) + (style ? paint(this.terminal, style, line) : line))
    }
  }

  /** A line that is painted already; what came from the world in it was made safe. */
  raw(line: string): void {
    this.lines.push(line)
  }

  blank(): void {
    this.lines.push('')
  }

  toString(): string {
    return `${this.lines.join('\n')}\n`
  }
}
