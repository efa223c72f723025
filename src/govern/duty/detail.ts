import { z } from 'zod'
import { fileKept } from '../../core/facts.ts'
import type { Locale } from '../../core/i18n/locale.ts'
import type { Ports } from '../../core/module.ts'
import { readPast } from './duty.ts'
import type { Seen } from './relation.ts'
import { occurrenceOf } from './text.ts'
import { dutyViewSchema, viewsOf } from './view.ts'
import type { Me } from './who.ts'
import { wordsOf } from './words.ts'

const saying = z.object({
  pos: z.int(),
  at: z.string(),
  /** Who said it, as he is named; null: that is erased. */
  by: z.string().nullable(),
  text: z.string().nullable(),
})

export const detailSchema = z.object({
  title: z.string(),
  /** The name of the period, or what is asked for. */
  occurrence: z.string(),
  owed: z.array(dutyViewSchema),
  sentences: z.array(z.object({ number: z.int(), text: z.string(), evidence: z.string() })),
  past: z.array(
    z.object({
      pos: z.int(),
      outcome: z.string(),
      was: z.string().nullable(),
      recorded: z.string(),
    }),
  ),
  doings: z.array(
    z.object({
      pos: z.int(),
      of: z.int(),
      at: z.string(),
      by: z.string().nullable(),
      files: z.array(
        z.object({
          sha256: z.string(),
          name: z.string().nullable(),
          sizeBytes: z.int().nullable(),
          mediaType: z.string().nullable(),
        }),
      ),
      decisions: z.array(z.object({ isAccepted: z.boolean(), ...saying.shape })),
    }),
  ),
  comments: z.array(saying),
  delegation: saying.extend({ to: z.string().nullable() }).nullable(),
})

export type Detail = z.infer<typeof detailSchema>

type Here = Pick<Ports, 'messages' | 'policy' | 'reader'>

export async function readDetail(
  { named, owed, said, offices }: Seen,
  me: Me,
  locale: Locale,
  ports: Here,
): Promise<Detail> {
  const about = { said: new Map(said && [[said.duty, said]]), offices, me, locale }
  const { past, doings } = await readPast(named, ports.reader)
  const sayings = await readSayings(
    [
      ...(said?.comments ?? []),
      ...(said?.decisions ?? []).map(({ pos }) => pos),
      ...doings.map(({ pos }) => pos),
      ...(said?.delegated == null ? [] : [Number(said.delegated)]),
    ],
    ports,
  )
  const files = await readFiles(
    doings.flatMap(({ body }) => body.files),
    ports,
  )
  const decided = (of: number) => (said?.decisions ?? []).filter(one => one.of === of)
  const words = wordsOf({ ...ports, locale })
  return {
    title: words.control(named.control.id),
    occurrence: occurrenceOf(named.occurrence ?? '', words),
    owed: await viewsOf(owed, about, ports),
    sentences: [...words.statements(named.control.id)],
    past: [...past],
    doings: doings.map(({ pos, recorded, body }) => ({
      ...{ pos, of: body.of, at: recorded, by: sayings(pos).by },
      files: body.files.map(files),
      decisions: decided(body.of).map(one => ({
        isAccepted: one.isAccepted,
        ...sayings(one.pos),
      })),
    })),
    comments: (said?.comments ?? []).map(sayings),
    delegation:
      said?.delegated == null
        ? null
        : { ...sayings(Number(said.delegated)), to: said.delegated_to },
  }
}

type Saying = z.infer<typeof saying>

/** What people said, and who, at these positions. */
async function readSayings(
  positions: readonly number[],
  { reader }: Here,
): Promise<(pos: number) => Saying> {
  const values = await reader.discloseAll(positions, ['by', 'text', 'note'])
  const facts = await Promise.all(positions.map(pos => reader.fact(pos)))
  const at = new Map(facts.flatMap(fact => (fact === null ? [] : [[fact.pos, fact.recorded]])))
  return pos => {
    const { by = null, text = null, note = null } = values.get(pos) ?? {}
    return { pos, at: at.get(pos) ?? '', by, text: text ?? note }
  }
}

/** What the list says of kept files: name, size and type. */
async function readFiles(hashes: readonly string[], { reader }: Here) {
  const rows = await reader.query<{ key: string; pos: string }>(
    'select key, pos from ledger.fact_key where type = $1 and key = any($2)',
    [fileKept.name, [...new Set(hashes)]],
  )
  const positions = rows.map(row => Number(row.pos))
  const names = await reader.discloseAll(positions, ['name'])
  const kept = new Map<string, Detail['doings'][number]['files'][number]>()
  for (const { key, pos } of rows) {
    const { sizeBytes, mediaType } = ((await reader.fact(Number(pos)))?.body ?? {}) as {
      sizeBytes?: number
      mediaType?: string
    }
    const { name = null } = names.get(Number(pos)) ?? {}
    kept.set(key, {
      ...{ sha256: key, name, sizeBytes: sizeBytes ?? null, mediaType: mediaType ?? null },
    })
  }
  return (sha256: string) =>
    kept.get(sha256) ?? { sha256, name: null, sizeBytes: null, mediaType: null }
}
