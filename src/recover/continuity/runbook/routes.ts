import { z } from 'zod'
import { locales } from '../../../core/i18n/locale.ts'
import { defineRoute, personOf } from '../../../core/module.ts'
import { readPeople } from '../drill/people.ts'
import { stepsMax } from '../facts.ts'
import { minutesMax, readSteps, stepsBytesMax, wordsMax } from './steps.ts'
import type { Version } from './table.ts'
import { aboutOf, readWords, versionsOf, writeRunbook } from './write.ts'

const id = z.string().min(1).max(80)
const locale = z.enum(locales)
/** One line, without what moves the cursor or turns the direction. */
const words = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\u2028-\u202e\u2066-\u2069]*$/u)

const step = z.strictObject({
  system: words(80).nullable(),
  role: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  minutes: z.int().min(1).max(minutesMax),
  todo: words(wordsMax),
  sign: words(wordsMax),
})

/** Of a list, more than anybody scrolls through. */
const listedMax = 500

const list = defineRoute({
  method: 'get',
  path: '/runbooks',
  permission: 'runbook.read',
  summary: 'Which runbooks there are, and in which version they are written',
  response: z.object({
    runbooks: z.array(
      z.object({
        runbook: z.string(),
        about: z.string(),
        version: z.string().nullable(),
        at: z.string().nullable(),
        steps: z.int(),
        minutes: z.int(),
      }),
    ),
  }),
  async run(_, { reader }) {
    const rows = await reader.query<
      { runbook: string; about: string } & Pick<Version, 'at'> &
        Partial<Pick<Version, 'version' | 'steps'>>
    >(
      `select register.id as runbook, register.body ->> 'about' as about, version, at, steps
         from runbook_register as register
         left join lateral (select * from runbook_text where runbook_text.runbook = register.id
           and hash is not null order by pos desc limit 1) as newest on true
         where not closed order by register.id limit $1`,
      [listedMax],
    )
    return {
      runbooks: rows.map(({ runbook, about, version, at, steps }) => ({
        ...{ runbook, about, version: version ?? null, at: at ?? null },
        steps: steps?.length ?? 0,
        minutes: (steps ?? []).reduce((sum, { minutes }) => sum + minutes, 0),
      })),
    }
  },
})

const one = defineRoute({
  method: 'get',
  path: '/runbooks/one',
  permission: 'runbook.read',
  summary: 'One runbook: a version of it, with its steps in words',
  query: z.strictObject({ id, locale, version: z.string().max(80).optional() }),
  response: z.object({
    runbook: z.string(),
    about: z.string(),
    /** null: nobody has written it yet. */
    version: z.string().nullable(),
    isNewest: z.boolean(),
    hash: z.string().nullable(),
    /** The words are those that were bound. */
    isWhole: z.boolean(),
    steps: z.array(step.extend({ roleName: z.string(), todo: z.string(), sign: z.string() })),
    versions: z.array(
      z.object({ version: z.string(), at: z.string(), by: z.string().nullable(), steps: z.int() }),
    ),
    /** Offices that a step may be given to. */
    roles: z.array(z.object({ value: z.string(), text: z.string() })),
  }),
  async run({ query }, ports) {
    const { reader, policy } = ports
    const about = await aboutOf(query.id, reader)
    const versions = await versionsOf(query.id, reader)
    const newest = versions.at(-1)
    const chosen =
      query.version === undefined
        ? newest
        : (versions.find(({ version }) => version === query.version) ?? newest)
    const people = await readPeople(
      [],
      versions.flatMap(({ by }) => by ?? []),
      reader,
    )
    const { steps, isWhole } =
      chosen === undefined ? { steps: [], isWhole: true } : await readWords(chosen, reader)
    const nameOf = (role: string) => policy.roles.get(role)?.[query.locale] ?? role
    return {
      ...{ runbook: query.id, about, isWhole, isNewest: chosen === newest },
      version: chosen?.version ?? null,
      hash: chosen?.hash ?? null,
      steps: steps.map(({ system, role, minutes, todo, sign }) => ({
        ...{ system, role, minutes, todo, sign, roleName: nameOf(role) },
      })),
      versions: versions.toReversed().map(({ version, at, by, steps }) => ({
        ...{ version, at: at ?? '', steps: steps.length },
        by: by === null ? null : people.named(by),
      })),
      roles: [...policy.roles.keys()].map(value => ({ value, text: nameOf(value) })),
    }
  },
})

const written = z.object({ version: z.string(), steps: z.int(), isKnown: z.boolean() })

const write = defineRoute({
  method: 'post',
  path: '/runbooks/write',
  permission: 'runbook.write',
  summary: 'Writes a runbook anew, whole: its next version',
  body: z.strictObject({
    id,
    steps: z.array(step).min(1).max(stepsMax),
    /** The version that was before the writer; null: none was. */
    seen: z.string().max(80).nullable(),
  }),
  response: written,
  run: ({ body, principal }, ports) => {
    const { id: runbook, steps, seen } = body
    return writeRunbook({ runbook, steps, seen, by: personOf(principal) }, ports)
  },
})

const file = defineRoute({
  method: 'post',
  path: '/runbooks/import',
  permission: 'runbook.write',
  summary: 'Writes a runbook anew from a file with a step in each row',
  query: z.strictObject({ id }),
  transfer: { sizeBytesMax: stepsBytesMax },
  response: written,
  run: ({ query, transfer, principal }, ports) => {
    const steps = readSteps(transfer?.bytes ?? new Uint8Array())
    return writeRunbook({ runbook: query.id, steps, by: personOf(principal) }, ports)
  },
})

export const runbookRoutes = [list, one, write, file]

export type ListRunbooks = typeof list
export type GetRunbook = typeof one
export type WriteRunbook = typeof write
export type ImportRunbook = typeof file
