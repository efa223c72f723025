import { parseArgs } from 'node:util'
import { OkiteError } from '../../core/error.ts'
import { localeOf } from '../../core/i18n/locale.ts'
import type { Command } from '../../core/module.ts'
import type { Pack, Statement } from '../../core/policy/pack.ts'
import { terminalOf } from '../../core/terminal.ts'
import { dayIn } from '../../core/time.ts'
import { explain } from './explain.ts'
import { checkAll, renderExplained } from './explain-text.ts'
import { readJudged } from './read.ts'
import { renderTable } from './table.ts'
import { viewOf } from './view.ts'
import type { Words } from './words.ts'

/** `./okite check`: the whole policy with its verdicts, or one sentence down to its facts. */
export const check: Command = {
  name: 'check',
  summary: {
    en: 'shows for every sentence of the policy whether it is kept (--json, --explain N)',
    ja: '方針の各文が守られているかを表示します（--json、--explain N）',
    'zh-TW': '顯示政策每一條是否遵守（--json、--explain N）',
  },

  async run(args, ports) {
    const options = readOptions(args)
    const locale = options.locale ?? ports.locale
    const words: Words = {
      locale,
      zone: ports.policy.organisation.zone,
      t: (id, values) => ports.messages.translate(locale, id, values),
      has: id => ports.messages.has(id),
      needs: id => ports.messages.needs(id),
    }
    const terminal = terminalOf(ports.terminal)
    const nowMs = ports.clock.nowMs()
    const judged = await readJudged(ports.reader, nowMs)
    const { zone } = ports.policy.organisation
    const asOf = { day: dayIn(nowMs, zone), zone, isPast: false }
    const views = viewOf(ports.policy, judged)
    const code = views.some(view => view.status === 'broken') ? 1 : 0

    if (ports.isSample && !options.json) ports.out(`${words.t('cli.sample.is', {})}\n`)
    if (options.explain.length === 0) {
      const table = () => renderTable(ports.policy, views, words, terminal, nowMs)
      ports.out(options.json ? `${JSON.stringify(views, null, 2)}\n` : table())
      return code
    }
    const chosen = options.explain.map(name => find(ports.policy, name))
    let refused = false
    for (const [index, statement] of chosen.entries()) {
      const explained = await explain(statement, judged, ports.reader, asOf)
      const facts = [...explained.evidence, ...explained.conclusions]
      const checked = await checkAll(facts, ports.reader)
      refused ||= checked.some(each => each.proven === null)
      if (options.json) ports.out(`${JSON.stringify({ ...explained, proofs: checked })}\n`)
      else {
        const text = renderExplained(statement, explained, checked, words, terminal, nowMs)
        ports.out(index === 0 ? text : `\n${'─'.repeat(terminal.width)}\n${text}`)
      }
    }
    // 2: a proof that does not verify is worse than a sentence that is not kept.
    return refused ? 2 : chosen.some(s => views[s.number - 1]?.status === 'broken') ? 1 : 0
  },
}

type Options = Readonly<{
  json: boolean
  explain: readonly string[]
  locale: ReturnType<typeof localeOf>
}>

function readOptions(args: readonly string[]): Options {
  let parsed
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        explain: { type: 'string', multiple: true, default: [] },
        lang: { type: 'string' },
      },
    })
  } catch (cause) {
    throw new OkiteError('CHECK_USAGE', {}, { cause })
  }
  const { json, explain: named, lang } = parsed.values
  // Positionals follow `--explain 56 57 58`; without it they have no meaning.
  if (parsed.positionals.length > 0 && named.length === 0) throw new OkiteError('CHECK_USAGE')
  const locale = lang === undefined ? null : localeOf(lang)
  if (lang !== undefined && locale === null) throw new OkiteError('CHECK_USAGE')
  const names = [...named, ...parsed.positionals].flatMap(name => name.split(','))
  return { json, explain: names.filter(name => name !== ''), locale }
}

/** By number, `56`, or by id, `5.1.1`. */
export function find(document: Pack, name: string): Statement {
  const found = document.statements.find(
    statement => statement.id === name || String(statement.number) === name,
  )
  if (!found) throw new OkiteError('POLICY_STATEMENT_UNKNOWN', { statement: name.slice(0, 40) })
  return found
}
