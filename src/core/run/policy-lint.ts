import { join } from 'node:path'
import { OkiteError } from '../error.ts'
import { loadCalendars } from '../policy/calendars.ts'
import { loadLaws } from '../policy/laws.ts'
import { type Finding, type Outside, severities } from '../policy/lint/finding.ts'
import { lint } from '../policy/lint/lint.ts'
import { loadOutside } from '../policy/outside.ts'
import { dayIn, systemClock } from '../time.ts'
import { readFlags } from './arguments.ts'
import type { Call } from './call.ts'
import { readingText, ruleText } from './finding-text.ts'
import { configuredPolicy, packOnDisk } from './policies.ts'

/**
 * `./okite policy lint [--policy NAME] [--json]`: what a policy says wrongly or unclearly, and how it
 * is read until somebody decides. Reads and tells; it needs no data folder. Exit code 0 where there
 * is nothing but advice, 1 otherwise.
 */
export async function runPolicyLint(args: readonly string[], call: Call): Promise<number> {
  const { flags, words } = readFlags(args, { policy: 'value', json: 'switch' })
  if (words.length > 0) throw new OkiteError('ARGUMENT_INVALID', { argument: 'policy lint' })
  const folder = join(call.project, 'policy')
  const pack = packOnDisk(call, flags['policy'] ?? (await configuredPolicy(call)))
  const outside: Outside = {
    laws: loadLaws(join(folder, 'laws')),
    sources: loadOutside(join(folder, 'outside')),
    calendars: loadCalendars(join(folder, 'calendars')),
  }
  const day = todayIn(pack.organisation.zone)
  const findings = lint(pack, outside, day)
  const isSound = findings.every(({ severity }) => severity === 'advice')
  if (flags['json'] !== undefined) {
    call.out(`${JSON.stringify(findings.map(plain(call)), null, 2)}\n`)
    return isSound ? 0 : 1
  }
  const { say } = call
  call.out(`${say('cli.lint.head', { policy: pack.id, version: pack.version, day })}\n`)
  for (const severity of severities) {
    const some = findings.filter(finding => finding.severity === severity)
    call.out(`\n${say(`cli.lint.${severity}`, { count: some.length })}\n`)
    for (const finding of some) call.out(told(finding, call))
  }
  if (!isSound) call.out(`\n${say('cli.lint.decide')}\n`)
  return isSound ? 0 : 1
}

/** Laws and bodies are those of today where the organisation is. */
const todayIn = (zone: string): string => dayIn(systemClock.nowMs(), zone)

/** What a program reads: the finding as it is, with its two sentences in the language of the call. */
const plain = (call: Call) => (finding: Finding) => ({
  ...finding,
  text: ruleText(finding, call.say),
  readingText: readingText(finding, call.say),
})

function told(finding: Finding, call: Call): string {
  const numbers = finding.statements.join(call.say('cli.lint.comma'))
  return `  ${numbers}\n    ${ruleText(finding, call.say)}\n    → ${readingText(finding, call.say)}\n`
}
