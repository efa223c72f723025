import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** What a campaign found, one line a fault; `npm run reliability` writes it. */

const line = z.strictObject({
  id: z.string().regex(/^[a-z][a-z-]{0,39}$/),
  /** What went wrong on purpose, and which invariants were looked at. */
  fault: z.string().min(1).max(200),
  holds: z.string().min(1).max(80),
  done: z.int().positive(),
  seed: z.int().nonnegative(),
  figures: z.record(z.string().max(60), z.union([z.number(), z.string().max(60)])),
  seconds: z.number().nonnegative(),
  on: z.string().regex(/^\d{4}-\d\d-\d\d$/),
  /** The commit it was run on. */
  commit: z.string().regex(/^[0-9a-f]{7,40}$/),
})

const report = z.strictObject({
  version: z.string().min(1).max(40),
  machine: z.string().min(1).max(200),
  node: z.string().min(1).max(40),
  faults: z.array(line).max(100),
})

export type Line = z.infer<typeof line>
export type Report = z.infer<typeof report>

export const reportPath = join(import.meta.dirname, 'report.json')

/** 100 faults with a dozen figures each are a tenth of it. */
const reportBytesMax = 1024 * 1024

/** null: this version was handed out without a campaign. */
export function readReport(path = reportPath): Readonly<{ report: Report; hash: string }> | null {
  if (!existsSync(path)) return null
  const bytes = readFileSync(path)
  if (bytes.length > reportBytesMax) throw new RangeError('the report of the campaign is too large')
  const hash = createHash('sha256').update(bytes).digest('hex')
  return { report: report.parse(JSON.parse(bytes.toString('utf8'))), hash }
}
