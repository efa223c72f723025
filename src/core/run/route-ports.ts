import type { Ports, RoutePorts } from '../module.ts'
import type { Okite } from './compose.ts'
import { recordLines } from './record-command.ts'

/** What the routes and the commands of a module do in its name. */
export const routePorts = (okite: Okite, id: string): Omit<RoutePorts, keyof Ports> => ({
  submit: okite.submit(id),
  submitAll: (all, after) => okite.ledger.submitAll(id, all, after),
  record: (lines, options) => recordLines(okite, Buffer.from(lines), options),
  shown: () => okite.tables.follow(),
  quietly: work => okite.quietly(work),
})
