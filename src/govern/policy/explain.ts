import { z } from 'zod'
import type { Pos, Trust } from '../../core/fact.ts'
import { trusts } from '../../core/fact.ts'
import { statuses } from '../../core/facts.ts'
import type { Reader } from '../../core/module.ts'
import type { Statement } from '../../core/policy/pack.ts'
import { StandMemo } from '../../core/stand-memo.ts'
import { factView } from './fact-view.ts'
import {
  missSchema,
  monthSchema,
  monthsOf,
  readMisses,
  readRestatements,
  readSpans,
  restatementSchema,
} from './months.ts'
import { readAbout, readFindings, readHistory, readSubjects } from './read.ts'
import type { Judged } from './view.ts'
import { countsSchema, reasonSchema, statementViewSchema, viewOfStatement } from './view.ts'

export const factViewSchema = z.object({
  pos: z.int(),
  type: z.string(),
  module: z.string(),
  source: z.string(),
  trust: z.enum(trusts),
  occurred: z.string(),
  observed: z.string(),
  recorded: z.string(),
  /** Positions it rests on; of a range its ends. Empty: it came from the world. */
  because: z.array(z.int()),
  body: z.json(),
})

export const explainedSchema = z.object({
  view: statementViewSchema,
  controls: z.array(
    z.object({
      id: z.string(),
      pos: z.int(),
      status: z.enum(statuses),
      reason: reasonSchema,
      since: z.string(),
      next: z.string().nullable(),
      population: countsSchema,
    }),
  ),
  /** Its subjects as they stand now, the worst first, as many as a person reads. */
  subjects: z.array(
    z.object({
      control: z.string(),
      key: z.string(),
      status: z.enum([...statuses, 'excepted']),
      reason: reasonSchema,
      since: z.string(),
    }),
  ),
  /** The weakest trust among the evidence; null when there is none. */
  trust: z.enum(trusts).nullable(),
  /** Facts from the world and measures made of them, newest first. */
  evidence: z.array(factViewSchema),
  /** What was concluded from them, newest first. */
  conclusions: z.array(factViewSchema),
  history: z.array(
    z.object({
      about: z.string(),
      pos: z.int(),
      what: z.enum(['statement', 'control']),
      status: z.enum(statuses),
      code: z.string(),
      at: z.string(),
      recorded: z.string(),
    }),
  ),
  months: z.array(monthSchema),
  misses: z.array(missSchema),
  restatements: z.array(restatementSchema),
})

export type FactView = z.infer<typeof factViewSchema>
export type Explained = z.infer<typeof explainedSchema>

/** A person follows no more; a pack lists everything. */
const factsMax = 64
/** Two facts about each, and there is room left for the verdicts. */
const subjectsFollowed = 16
/** verdict of the statement → of a control → finding → measure → fact from the world. */
const depthMax = 5

/** The day of which it is told, where the organisation is; only a day that is over is past. */
export type AsOf = Readonly<{ day: string; zone: string; isPast: boolean }>

/**
 * Everything behind the verdict of one statement, down to facts from the world. Of a day gone by only
 * what verdicts themselves name: who the subjects were then is no longer known one by one.
 */
export function explain(
  statement: Statement,
  judged: Judged,
  reader: Reader,
  asOf: AsOf,
): Promise<Explained> {
  const view = viewOfStatement(statement, judged)
  // What time alone makes of the verdict stands in the view; all else is read.
  const key = JSON.stringify([statement.id, asOf, view])
  return explained.of(reader, key, watched => explainView(statement, view, judged, watched, asOf))
}

/** A policy has some hundred and sixty sentences; what is behind each takes tens of kilobytes. */
const explained = new StandMemo<Explained>(200)

async function explainView(
  statement: Statement,
  view: Explained['view'],
  judged: Judged,
  reader: Reader,
  asOf: AsOf,
): Promise<Explained> {
  const controls = view.controls.flatMap(id => judged.controls.get(id) ?? [])
  const upto = asOf.isPast ? Math.max(-1, ...view.evidence) : Number.MAX_SAFE_INTEGER
  const about = [statement.id, ...view.controls]
  const [findings, history, spans, misses, restatements] = await Promise.all([
    asOf.isPast ? [] : readFindings(reader, view.controls),
    readHistory(reader, about, upto),
    readSpans(reader, statement.id, upto),
    readMisses(reader, view.controls, upto),
    readRestatements(reader, view.controls, upto),
  ])
  const subjects = asOf.isPast ? [] : await readSubjects(reader, view.controls, findings)
  const keys = subjects.slice(0, subjectsFollowed).map(subject => subject.key)
  // The chain starts at the verdicts in force, the open findings (V30) and what is known of the
  // subjects; never at old verdicts.
  const start =
    view.evidence.length === 0
      ? []
      : [
          ...view.evidence,
          ...findings.slice(0, subjectsFollowed).map(finding => finding.pos),
          ...(await readAbout(reader, keys)),
        ]
  const facts = await follow(start, new Set(controls.map(control => control.pos)), reader)
  const evidence = facts.filter(fact => !isConclusion(fact))
  return {
    view,
    controls: controls.map(({ control: id, pos, status, reason, since, next, population }) => ({
      ...{ id, pos, status, reason, since, next, population },
    })),
    subjects,
    trust: weakest(evidence),
    evidence,
    conclusions: facts.filter(isConclusion),
    history,
    months: monthsOf(spans, asOf.day, asOf.zone),
    misses,
    restatements,
  }
}

/** Breadth first along `because`, the facts nearest to the verdict first, each once. */
async function follow(
  start: readonly Pos[],
  current: ReadonlySet<Pos>,
  reader: Reader,
): Promise<FactView[]> {
  const found = new Map<Pos, FactView>()
  let next = [...new Set(start)]
  for (let depth = 0; depth < depthMax && next.length > 0; depth += 1) {
    const room = next.slice(0, factsMax - found.size)
    const facts = await Promise.all(room.map(pos => reader.fact(pos)))
    next = []
    for (const fact of facts) {
      if (fact === null) continue
      const view = factView(fact)
      // A verdict that was replaced explains nothing any more; its own premises are history.
      const isOld = fact.type === 'control.verdict.changed' && !current.has(fact.pos)
      if (isOld) continue
      found.set(fact.pos, view)
      for (const pos of view.because) if (!found.has(pos) && !next.includes(pos)) next.push(pos)
    }
  }
  return [...found.values()].sort((a, b) => b.pos - a.pos)
}

/** Verdicts and findings, and the ground they stand on: adoption, parameters, time. */
const conclusions = /^(control|statement|policy|time)\./

const isConclusion = (fact: FactView): boolean => conclusions.test(fact.type)

function weakest(facts: readonly FactView[]): Trust | null {
  const ranks = facts.map(fact => trusts.indexOf(fact.trust))
  return ranks.length === 0 ? null : (trusts[Math.max(...ranks)] ?? null)
}
