import type { Command } from '../../core/module.ts'
import { type CommandPorts, type RegisterKind, runImport } from '../../core/register/command.ts'
import type { Entry } from './columns.ts'
import { personImportBegun, personImportEnded } from './facts.ts'
import { openPeople, type Standing } from './register.ts'
import { personImports } from './show.ts'

export const people: RegisterKind<Entry, Standing> = {
  name: 'person',
  begun: personImportBegun,
  ended: personImportEnded,
  imports: personImports.name,
  open: (source, ports) => openPeople(source, todayOf(ports), ports.reader),
}

/** The day that it is where the organisation is. */
export const todayOf = ({ clock, policy }: CommandPorts): string =>
  Temporal.Instant.fromEpochMilliseconds(clock.nowMs())
    .toZonedDateTimeISO(policy.organisation.zone)
    .toPlainDate()
    .toString()

/** `./okite person import …` */
export const personCommand: Command = {
  name: 'person',
  summary: {
    en: 'the register of people: import, compare, declare, export',
    ja: '人員の台帳：import（取り込み）、compare（照合）、declare（宣言）、export（書き出し）',
    'zh-TW': '人員名冊：import（匯入）、compare（比對）、declare（宣告）、export（匯出）',
  },
  async run(args, ports) {
    const [verb, ...rest] = args
    switch (verb) {
      case 'import':
        return runImport(rest, ports, people)
      default:
        ports.out(`${ports.messages.translate(ports.locale, 'usage.person')}\n`)
        return verb === undefined || verb === 'help' ? 0 : 2
    }
  },
}
