import type { Pack, Statement } from '../../core/policy/pack.ts'
import type { Style, Terminal } from '../../core/terminal.ts'
import { cut, pad, padLeft, paint, safe, widthOf, wrap } from '../../core/terminal.ts'
import type { StatementView, Status } from './view.ts'
import type { Words } from './words.ts'
import { countText, glyphs, instantText, reasonText, tally } from './words.ts'

export const styles: Readonly<Record<Status | 'excepted', Style>> = {
  kept: 'green',
  due: 'yellow',
  broken: 'red',
  unknown: 'blue',
  excepted: 'dim',
}

const shown = ['kept', 'due', 'broken', 'unknown'] as const satisfies readonly Status[]

/** The whole policy as a table for a terminal, with the numbers at the end where they stay in sight. */
export function renderTable(
  document: Pack,
  views: readonly StatementView[],
  words: Words,
  terminal: Terminal,
  nowMs: number,
): string {
  const byId = new Map(views.map(view => [view.id, view]))
  const now = instantText(words, new Date(nowMs).toISOString())
  const lines = [
    paint(terminal, 'bold', safe(document.title[words.locale])),
    paint(terminal, 'dim', words.t('policy.check.head', { version: document.version, now })),
  ]
  const reasonWidth = reasonColumns(views, words, terminal)
  for (const section of document.sections) {
    const statements = section.groups.flatMap(group => group.statements)
    const inside = statements.flatMap(statement => byId.get(statement.id) ?? [])
    const title = `${section.section}. ${section.title[words.locale]}`
    const numbers = tallyText(inside, terminal)
    const gap = Math.max(2, terminal.width - widthOf(title) - tallyWidth(inside))
    lines.push('', paint(terminal, 'bold', title) + ' '.repeat(gap) + numbers)
    for (const statement of statements) {
      const view = byId.get(statement.id)
      if (view) lines.push(rowText(statement, view, words, terminal, reasonWidth))
    }
  }
  lines.push('', ...summary(views, words, terminal))
  return `${lines.join('\n')}\n`
}

/** As wide as the longest reason asks for, within what the sentences leave. */
function reasonColumns(views: readonly StatementView[], words: Words, terminal: Terminal): number {
  const wanted = views.map(view => widthOf(safe(shortReason(view, words))))
  const room = terminal.width - leadColumns
  return Math.min(46, Math.trunc(room * 0.4), Math.max(0, ...wanted))
}

/** Mark, number and id before the sentence, with the spaces between them. */
const leadColumns = 16

function rowText(
  statement: Statement,
  view: StatementView,
  words: Words,
  terminal: Terminal,
  reasonWidth: number,
): string {
  const mark = paint(terminal, styles[view.status], glyphs[view.status])
  const lead = `${padLeft(String(view.number), 4)} ${pad(view.id, 7)}`
  const room = terminal.width - 2 - widthOf(lead) - 2
  const text = safe(statement.text[words.locale])
  const reason = safe(shortReason(view, words))
  // Below this the reason would leave no room for the sentence; `--explain` has both in full.
  if (terminal.width < 76) return `${mark} ${lead} ${cut(text, room)}`
  const textWidth = room - reasonWidth - 2
  const style = view.status === 'unknown' ? 'dim' : styles[view.status]
  const tail = paint(terminal, style, cut(reason, reasonWidth))
  return `${mark} ${lead} ${pad(cut(text, textWidth), textWidth)}  ${tail}`
}

/** Which control a sentence awaits is told by `--explain`; here the sentence needs the room. */
function shortReason(view: StatementView, words: Words): string {
  if (view.reason.code === 'awaits') return words.t('policy.awaits.short')
  const reason = reasonText(words, view.reason)
  return view.population ? `${reason} (${countText(words, view.population)})` : reason
}

const tallyParts = (views: readonly StatementView[]) => {
  const counts = tally(views)
  return shown.map(status => ({
    status,
    text: `${glyphs[status]}${padLeft(String(counts[status]), 3)}`,
  }))
}

const tallyText = (views: readonly StatementView[], terminal: Terminal): string =>
  tallyParts(views)
    .map(part => paint(terminal, part.text.endsWith(' 0') ? 'dim' : styles[part.status], part.text))
    .join('  ')

const tallyWidth = (views: readonly StatementView[]): number =>
  widthOf(
    tallyParts(views)
      .map(part => part.text)
      .join('  '),
  )

function summary(views: readonly StatementView[], words: Words, terminal: Terminal): string[] {
  const counts = tally(views)
  const parts = shown.map(status =>
    paint(
      terminal,
      styles[status],
      `${glyphs[status]} ${words.t(`status.${status}`)} ${counts[status]}`,
    ),
  )
  const total = words.t('policy.check.total', { total: views.length })
  const hint = views.every(view => view.reason.code === 'not.adopted')
    ? words.t('policy.check.hint.adopt')
    : words.t('policy.check.hint.explain')
  const awaiting = views.filter(view => view.reason.code === 'awaits').length
  const unread = awaiting > 0 ? [words.t('policy.check.unread', { awaiting })] : []
  return [
    `${paint(terminal, 'bold', total)}  ${parts.join('   ')}`,
    ...[...unread, hint]
      .flatMap(text => wrap(text, terminal.width))
      .map(line => paint(terminal, 'dim', line)),
  ]
}
