import { resolve } from 'node:path'
import { OkiteError } from '../../../core/error.ts'
import type { Command } from '../../../core/module.ts'
import { readFlags } from '../../../core/run/arguments.ts'
import { readNamedFile } from '../../../core/run/named-file.ts'
import { safe } from '../../../core/terminal.ts'
import { readSteps, stepsBytesMax } from './steps.ts'
import { aboutOf, readWords, versionsOf, writeRunbook } from './write.ts'

type Ports = Parameters<Command['run']>[1]

/** `./okite runbook write | show`, and what every register has. */
export const runbookCommand = (register: Command): Command => ({
  ...register,
  summary: {
    en: `${register.summary.en}; write, show: its steps`,
    ja: `${register.summary.ja}、write（手順の登録）、show（手順の表示）`,
    'zh-TW': `${register.summary['zh-TW']}、write（登錄步驟）、show（顯示步驟）`,
  },
  async run(args, ports) {
    const [verb, ...rest] = args
    if (verb === 'write') return write(rest, ports)
    if (verb === 'show') return show(rest, ports)
    return register.run(args, ports)
  },
})

async function write(args: readonly string[], ports: Ports): Promise<number> {
  const { flags, words } = readFlags(args, { by: 'value', 'dry-run': 'switch' })
  const [runbook, path, ...more] = words
  const by = flags['by']?.trim() ?? ''
  if (runbook === undefined || path === undefined || more.length > 0 || by === '')
    throw new OkiteError('RUNBOOK_USAGE')
  const bytes = readNamedFile(resolve(ports.cwd, path), stepsBytesMax, {
    missing: 'TABLE_FILE_MISSING',
    tooLarge: 'TABLE_FILE_TOO_LARGE',
  })
  const steps = readSteps(bytes)
  const t = (id: string, values: object) =>
    ports.messages.translate(ports.locale, id, { ...values })
  if (flags['dry-run'] !== undefined) {
    ports.out(`${t('runbook.good', { runbook, steps: steps.length })}\n`)
    return 0
  }
  const { version, isKnown } = await writeRunbook({ runbook, steps, by }, ports)
  const said = { runbook, version, steps: steps.length }
  ports.out(`${t(isKnown ? 'runbook.same' : 'runbook.written', said)}\n`)
  return 0
}

async function show(args: readonly string[], ports: Ports): Promise<number> {
  const [runbook, ...more] = args
  if (runbook === undefined || more.length > 0) throw new OkiteError('RUNBOOK_USAGE')
  const { reader, messages, locale, policy } = ports
  const about = await aboutOf(runbook, reader)
  const newest = (await versionsOf(runbook, reader)).at(-1)
  const t = (id: string, values: object) => messages.translate(locale, id, { ...values })
  if (newest === undefined) {
    ports.out(`${t('runbook.none', { runbook })}\n`)
    return 1
  }
  const { steps, isWhole } = await readWords(newest, reader)
  const head = t('runbook.head', { runbook, about, version: newest.version, steps: steps.length })
  const lines = steps.map(({ role, minutes, system, todo, sign }, nth) => {
    const who = policy.roles.get(role)?.[locale] ?? role
    const first = t('runbook.line', { nth: nth + 1, who, minutes, system: system ?? '–' })
    return `${first}\n    ${todo}\n    → ${sign}`
  })
  ports.out(`${safeLines([head, ...lines])}\n`)
  if (isWhole) return 0
  ports.out(`${t('runbook.altered', { runbook })}\n`)
  return 1
}

/** What people wrote may try to move the cursor; the breaks between lines are ours. */
const safeLines = (texts: readonly string[]): string =>
  texts.flatMap(text => text.split('\n').map(safe)).join('\n')
