import { z } from 'zod'
import { defineFact, type Fact, type FactType } from '../fact.ts'
import { keyedTable } from './keyed-table.ts'

/** The name of where a file comes from: `hr`, `payroll`, `directory`. */
export const sourceName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/)

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const count = z.int().nonnegative()

const begun = z.strictObject({
  source: sourceName,
  /** SHA-256 of the file. */
  file: sha256,
  rows: count,
  enters: count,
  changes: count,
  leaves: count,
})
const ended = z.strictObject({ source: sourceName, file: sha256 })

export type Begun = z.infer<typeof begun>

/** Somebody begins to import a file as the whole register of one source; what it will do is known. */
export const importBegun = (name: string, module: string): FactType<Begun> =>
  defineFact(name, { module, draft: true, slots: ['by'], trusts: ['record'], schema: begun })

/** All of that file is in the register now. */
export const importEnded = (name: string, module: string): FactType<z.infer<typeof ended>> =>
  defineFact(name, { module, draft: true, trusts: ['record'], schema: ended })

/** How facts of an import name their source in the envelope. */
export const importSource = (source: string): string => `import ${source}`

export type ImportRow = Readonly<{ source: string; file: string; begun: number; ended: boolean }>

/** The last import of each source, and whether it came to its end. Trusted for nothing but speed. */
export const importTable = (name: string, from: readonly FactType[]) =>
  keyedTable<ImportRow>({
    name,
    version: 1,
    columns: `
      source text primary key,
      file text not null,
      begun bigint not null,
      ended boolean not null
    `,
    key: 'source',
    from,
    keyOf: fact => (fact as Fact<{ source: string }>).body.source,
    step(row, fact) {
      const { source, file } = (fact as Fact<{ source: string; file: string }>).body
      if (fact.type === from[0]?.name) return { source, file, begun: fact.pos, ended: false }
      return row === null ? null : { ...row, ended: true }
    },
  })
