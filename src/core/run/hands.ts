import type { Hands, RouteHands } from '../module.ts'
import type { Okite } from './compose.ts'
import { decide } from './decide.ts'
import { foreseeLine } from './foresee.ts'
import { openPolicyDesk } from './policy-desk.ts'
import { recordLines } from './record-command.ts'

/** What commands and routes of a module do for the people who use them. */
export const handsOf = (okite: Okite, module: string): Hands => ({
  submit: okite.submit(module),
  submitAll: (all, after) => okite.ledger.submitAll(module, all, after),
  judged: pos => okite.settled(pos),
  record: (lines, options) => recordLines(okite, Buffer.from(lines), options),
  quietly: work => okite.quietly(work),
  shown: () => okite.tables.follow(),
  foresee: (line, asked) => foreseeLine(okite, line, asked),
})

export const routeHandsOf = (okite: Okite, module: string): RouteHands => ({
  policyDesk: openPolicyDesk({
    reader: okite.reader,
    clock: okite.clock,
    project: okite.project,
    controls: okite.controls,
    messages: okite.messages,
    bound: hash => okite.policies.bound(hash),
    decide: asked => decide(okite, asked),
  }),
  typeOf: name => okite.modules.types.get(name) ?? null,
  erase: (person, erasure) => okite.erase(person, { ...erasure, source: module }),
})
