import { strict as assert } from 'node:assert'
import { parentPort, workerData } from 'node:worker_threads'
import type { Draft, Key } from '../fact.ts'
import { factsOf } from '../ledger/read.ts'
import { createCalendars } from '../time.ts'
import type { PackParams } from './adoption.ts'
import {
  type Answer,
  type Assignment,
  type Home,
  type MakeJudges,
  type NamedDraft,
  type Page,
  typesReadBy,
} from './apart.ts'
import { SilentFold } from './takeover.ts'

/**
 * A thread of a silent fold: some judges over the whole list. It has no database and no keys; all
 * that it knows it is sent.
 */

assert(parentPort !== null, 'this runs in a thread')
const port = parentPort
const { maker, data, judges: ids, silenced, instead } = workerData as Assignment
const { makeJudges } = (await import(maker)) as { makeJudges: MakeJudges }
const made = await makeJudges(data as never)
const judges = made.judges.filter(judge => ids.includes(judge.id))
assert(judges.length === ids.length, 'the maker makes other judges')
const packs = new Map<string, ReturnType<PackParams>>()
const fold = new SilentFold({
  judges,
  defaults: made.defaults,
  packParams: hash => packs.get(hash) ?? null,
  calendars: createCalendars([]),
  isUnchecked: true,
})
const wanted = typesReadBy(judges)
const answer = (what: Answer) => port.postMessage(what)

port.on('message', (page: Page | null) => {
  if (page === null) {
    for (const judge of judges) answer(homeOf(judge.id))
    return
  }
  for (const [hash, bound] of page.packs) packs.set(hash, bound)
  fold.fold(factsOf(page.leaves, wanted), { silenced, instead })
  answer({ folded: fold.until })
})

function homeOf(judge: string): Home {
  const seat = fold.engine.seatOf(judge)
  const unsaid = fold.unsaid.get(judge)
  assert(unsaid !== undefined)
  return {
    judge,
    stopped: seat.stopped,
    rows: [...seat.rows.byKey],
    unsaid: { verdicts: named(unsaid.verdicts), findings: named(unsaid.findings) },
  }
}

const named = (drafts: ReadonlyMap<Key, Draft>): ReadonlyArray<readonly [Key, NamedDraft]> =>
  [...drafts].map(([key, draft]) => [key, { ...draft, type: draft.type.name }])
