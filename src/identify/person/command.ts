import type { Command } from '../../core/module.ts'
import { type CommandPorts, runImport } from '../../core/register/command.ts'
import { runExport } from '../../core/register/export.ts'
import { runCompare, runDeclare } from '../../core/register/whole.ts'
import { readFlags } from '../../core/run/arguments.ts'
import { personColumns } from './columns.ts'
import { jobsCompared } from './facts.ts'
import { personImports } from './show.ts'
import { lookForPeople, people } from './view.ts'
import { allJobs, allPeople, exportRows, secondColumns, secondJobs } from './whole.ts'

/** `./okite person import | compare | declare | export` */
export const personCommand: Command = {
  name: 'person',
  summary: {
    en: 'the register of people: import, compare, declare, export',
    ja: '人員の台帳：import（取り込み）、compare（照合）、declare（宣言）、export（書き出し）',
    'zh-TW': '人員清冊：import（匯入）、compare（比對）、declare（宣告）、export（匯出）',
  },
  async run(args, ports) {
    const [verb, ...rest] = args
    switch (verb) {
      case 'import':
        return runImport(rest, ports, people)
      case 'compare':
        return compare(rest, ports)
      case 'declare':
        return declare(rest, ports)
      case 'export':
        return runExport(rest, ports, {
          imports: personImports.name,
          header: personColumns.map(({ name }) => name),
          rowsOf: source => exportRows(source, ports.policy.organisation.zone, ports.reader),
        })
      default:
        ports.out(`${ports.messages.translate(ports.locale, 'usage.person')}\n`)
        return verb === undefined || verb === 'help' ? 0 : 2
    }
  },
}

/** The people, or with `--jobs` who is in which job. */
function declare(args: readonly string[], ports: CommandPorts): Promise<number> {
  const { flags, words } = readFlags(args, { by: 'value', jobs: 'switch' })
  return flags['jobs'] === undefined
    ? runDeclare(flags, words, ports, allPeople(ports.reader))
    : runDeclare(flags, words, ports, allJobs(ports.reader))
}

function compare(args: readonly string[], ports: CommandPorts): Promise<number> {
  const { flags, words } = readFlags(args, {
    ...{ source: 'value', by: 'value', encoding: 'value', jobs: 'switch', 'dry-run': 'switch' },
  })
  if (flags['jobs'] === undefined) {
    const look = lookForPeople(ports.reader)
    return runCompare(flags, words, ports, { whole: allPeople(ports.reader), ...look })
  }
  return runCompare(flags, words, ports, {
    whole: allJobs(ports.reader),
    columns: secondColumns,
    second: secondJobs(ports.reader),
    tell: ({ seen, ...body }) => ({
      type: jobsCompared,
      body: { ...body, seen: seen.map(partsOfJob) },
    }),
  })
}

const partsOfJob = (id: string) => {
  const [person = '', job = ''] = id.split('/')
  return { person, job }
}
