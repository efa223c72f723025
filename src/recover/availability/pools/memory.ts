import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { codeOf } from '../../../core/error.ts'
import type { Counters } from './statistics.ts'

/**
 * What was counted when the pools of a service were last told, so that a restart of Okite invents nothing and
 * loses nothing. Whoever writes there is whoever writes the data folder; what is not understood was not there,
 * and costs one asking.
 */
export type Memory = ReadonlyMap<string, ReadonlyMap<string, Mark>>

/** Of a service and a balancer. `where`: what was asked, for a name may be given to another. */
export type Mark = Readonly<{
  where: string
  atMs: number
  /** Whose servers were all looked at. */
  pools: readonly string[]
  /** By `pool/server`. */
  counters: Readonly<Record<string, Counters>>
}>

const count = z.int().nonnegative()
const mark = z.strictObject({
  where: z.string().max(1_000),
  atMs: count,
  pools: z.array(z.string()),
  counters: z.record(
    z.string(),
    z.strictObject({ requests: count, failures: count.nullable(), downSeconds: count.nullable() }),
  ),
})
const form = z.strictObject({
  version: z.literal(1),
  services: z.record(z.string(), z.record(z.string(), mark)),
})
/** Some 100 bytes a server. */
const fileBytesMax = 32 * 1024 * 1024
const nameOf = (folder: string) => join(folder, 'pools.json')

export async function readMemory(folder: string): Promise<Memory> {
  try {
    const { size } = await fs.stat(nameOf(folder))
    if (size > fileBytesMax) return new Map()
    const { services } = form.parse(JSON.parse(await fs.readFile(nameOf(folder), 'utf8')))
    return new Map(
      Object.entries(services).map(([service, marks]) => [service, new Map(Object.entries(marks))]),
    )
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError || codeOf(error) === 'ENOENT')
      return new Map()
    throw error
  }
}

/** All of it or what was there. A file that a power cut leaves empty costs one asking, so it is not synced. */
export async function writeMemory(folder: string, memory: Memory): Promise<void> {
  const services = Object.fromEntries(
    [...memory].map(([service, marks]) => [service, Object.fromEntries(marks)]),
  )
  const temporary = `${nameOf(folder)}.new`
  await fs.writeFile(temporary, JSON.stringify({ version: 1, services }), { mode: 0o600 })
  await fs.rename(temporary, nameOf(folder))
}
