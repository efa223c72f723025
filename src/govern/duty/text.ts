import { pad, paint, type Style, safe, type Terminal, widthOf, wrap } from '../../core/terminal.ts'
import type { Closed, Duty, Past } from './duty.ts'
import { describeFields } from './form.ts'
import { standingOf, type Words } from './words.ts'

/** Four shapes, so that colour is never the only difference; as of verdicts, where they mean the same. */
const looks: Readonly<Record<string, Readonly<{ glyph: string; style: Style }>>> = {
  open: { glyph: '◐', style: 'yellow' },
  overdue: { glyph: '▲', style: 'red' },
  missed: { glyph: '▲', style: 'red' },
  unknown: { glyph: '○', style: 'blue' },
  accept: { glyph: '◇', style: 'magenta' },
}

/** What is owed, the soonest first, with the numbers at the end where they stay in sight. */
export function renderDuties(
  duties: readonly Duty[],
  words: Words,
  terminal: Terminal,
  more: Readonly<{ now: string; isCut: boolean }>,
): string {
  const lines = [
    paint(terminal, 'bold', words.t('duty.title')),
    paint(terminal, 'dim', words.t('duty.head', { now: words.at(more.now) })),
  ]
  if (duties.length === 0) lines.push('', words.t('duty.none'))
  for (const duty of duties) lines.push('', ...dutyLines(duty, words, terminal))
  const late = duties.filter(duty => duty.isLate).length
  lines.push('', words.t('duty.count', { count: duties.length, late }))
  const hints = [
    ...(more.isCut ? [words.t('duty.more')] : []),
    ...(duties.length > 0 ? [words.t('duty.hint')] : []),
  ]
  lines.push(...dim(hints, terminal))
  return `${lines.join('\n')}\n`
}

const dim = (texts: readonly string[], terminal: Terminal): string[] =>
  texts.flatMap(text => wrap(text, terminal.width)).map(line => paint(terminal, 'dim', line))

/** Mark and space before everything that belongs to it. */
const indent = '  '

/** What is to be done, whole; how it stands, by when and who; and what to type, which is never cut. */
function dutyLines(duty: Duty, words: Words, terminal: Terminal): string[] {
  const standing = standingOf(duty)
  const { glyph, style } = looks[standing]!
  const by = duty.due === null ? words.t('duty.due.unknown') : words.at(duty.due)
  const [first = '', ...rest] = wrap(titleOf(duty, words), terminal.width - 2)
  const numbers = words.statements(duty.control.id).map(statement => statement.number)
  const begun = duty.done > 0 ? [words.t('duty.begun')] : []
  const about = [
    words.role(duty.role),
    ...begun,
    ...(numbers.length > 0 ? [words.t('duty.statements', { numbers: numbers.join(', ') })] : []),
  ].join(' · ')
  return [
    `${paint(terminal, style, glyph)} ${first}`,
    ...rest.map(line => indent + line),
    `${indent}${paint(terminal, style, words.t(`duty.state.${standing}`, { by }))}`,
    ...inside(about, terminal).map(line => paint(terminal, 'dim', line)),
    `${indent}${paint(terminal, 'dim', safe(duty.id))}`,
  ]
}

const titleOf = (
  one: Readonly<{ control: Duty['control']; occurrence: string; subject: string }>,
  words: Words,
): string => {
  const subject = one.subject === 'org' ? '' : ` · ${safe(one.subject)}`
  return `${words.control(one.control.id)} · ${occurrenceOf(one.occurrence, words)}${subject}`
}

/** What is asked for, where it is no period: a name that says it, instead of the one that is typed. */
const named: readonly (readonly [RegExp, string])[] = [
  [/^list-(1|after-\d+)$/, 'duty.name.list'],
  [/^comparison-(1|after-\d+)$/, 'duty.name.comparison'],
  [/^mending-after-\d+$/, 'duty.name.mending'],
  [/^exercise-(1|after-\d+)$/, 'duty.name.exercise'],
  [/^leg-\d+$/, 'duty.name.leg'],
  [/^[a-z][A-Za-z.-]*-1$/, 'duty.name.evidence'],
  [/^[a-z][A-Za-z.-]*-after-\d+$/, 'duty.name.renewal'],
]

export function occurrenceOf(occurrence: string, words: Words): string {
  const id = named.find(([pattern]) => pattern.test(occurrence))?.[1]
  return id === undefined ? safe(occurrence) : words.t(id)
}

/** How occurrences ended: every fact that says so, in order, because a late doing unsays no miss. */
export function renderClosed(
  closed: readonly Closed[],
  words: Words,
  terminal: Terminal,
  isCut: boolean,
): string {
  const lines = [paint(terminal, 'bold', words.t('duty.closed.title'))]
  if (closed.length === 0) lines.push('', words.t('duty.closed.none'))
  for (const one of closed) {
    const title = wrap(titleOf(one, words), terminal.width)
    lines.push('', ...title, ...pastLines(one.past, words, terminal))
  }
  if (isCut) lines.push(...dim([words.t('duty.more')], terminal))
  return `${lines.join('\n')}\n`
}

const outcomes: Readonly<Record<string, Readonly<{ glyph: string; style: Style }>>> = {
  done: { glyph: '●', style: 'green' },
  met: { glyph: '●', style: 'green' },
  late: { glyph: '◑', style: 'yellow' },
  missed: { glyph: '▲', style: 'red' },
}

function pastLines(past: readonly Past[], words: Words, terminal: Terminal): string[] {
  return past.flatMap(({ outcome, was, recorded, pos }) => {
    const { glyph, style } = outcomes[outcome] ?? { glyph: '○', style: 'blue' as const }
    const now = words.t(`duty.outcome.${outcome}`)
    const said =
      was === null ? now : words.t('duty.restated', { was: words.t(`duty.outcome.${was}`), now })
    const about = words.t('duty.said', { at: words.at(recorded), pos })
    const shown = `${indent}${paint(terminal, style, `${glyph} ${said}`)}`
    // Where both have no room on a line, each gets its own.
    return widthOf(said) + widthOf(about) + 6 <= terminal.width
      ? [`${shown}  ${paint(terminal, 'dim', about)}`]
      : [shown, `${indent}${indent}${paint(terminal, 'dim', about)}`]
  })
}

/** One duty: how it stands, how it went, and what has to be given to do it. */
export function renderDuty(
  control: string,
  owed: readonly Duty[],
  past: readonly Past[],
  doings: readonly Readonly<{ of: number; files: readonly string[] }>[],
  words: Words,
  terminal: Terminal,
): string {
  const lines = wrap(words.control(control), terminal.width).map(line =>
    paint(terminal, 'bold', line),
  )
  for (const duty of owed) lines.push('', ...dutyLines(duty, words, terminal))
  if (owed.length === 0) lines.push('', words.t('duty.notowed'))
  const sentences = words.statements(control)
  if (sentences.length > 0) lines.push('', words.t('duty.sentences'))
  for (const { number, text, evidence } of sentences) {
    lines.push(...inside(`${number}. ${text}`, terminal))
    lines.push(...inside(words.t('duty.proof', { evidence }), terminal))
  }
  if (past.length > 0) lines.push('', words.t('duty.past'), ...pastLines(past, words, terminal))
  if (doings.length > 0) lines.push('', words.t('duty.doings'))
  for (const { of, files } of doings) {
    lines.push(`${indent}${words.t('duty.position', { pos: of })}`)
    lines.push(...files.map(sha256 => `${indent}${indent}${sha256}`))
  }
  const asked = owed.find(duty => duty.what === 'do')
  if (asked !== undefined) lines.push('', ...asks(asked, words, terminal))
  return `${lines.join('\n')}\n`
}

const inside = (text: string, terminal: Terminal): string[] =>
  wrap(text, terminal.width - 2).map(line => indent + line)

/** Which facts do it, and their fields. */
function asks({ types }: Duty, words: Words, terminal: Terminal): string[] {
  return [
    words.t('duty.asks'),
    ...types.flatMap(type => {
      const fields = describeFields(type)
      const width = Math.max(0, ...fields.map(field => widthOf(field.name)))
      return [
        `${indent}${paint(terminal, 'bold', type.name)}`,
        ...fields.map(({ name, kind }) => `${indent}${indent}${pad(name, width)}  ${kind}`),
        ...type.slots
          .filter(slot => slot !== 'by')
          .map(slot => `${indent}${indent}${pad(slot, width)}  ${words.t('duty.private')}`),
      ]
    }),
    '',
    ...dim([words.t('duty.how')], terminal),
  ]
}

/** Sizes of files as people read them. */
export const sizeText = (sizeBytes: number): string =>
  sizeBytes < 10_240 ? `${sizeBytes} B` : `${Math.round(sizeBytes / 1_024)} KiB`
