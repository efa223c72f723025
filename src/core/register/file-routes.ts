import { z } from 'zod'
import { OkiteError } from '../error.ts'
import { defineRoute, personOf } from '../module.ts'
import { importBytes } from './import-bytes.ts'
import type { Scope } from './route-scope.ts'
import { complaint, complaintOf, fileAsked, text } from './route-shapes.ts'
import { compareBytes, declareWhole } from './whole.ts'

/** 32 MiB: 10⁵ people are a fifth of it. A larger register is imported by the command. */
const fileBytesMax = 32 * 1024 * 1024
/** Both passes over the largest such file. */
const importMsMax = 180_000

export function importRoute({ view, name, path, may, needPersonal }: Scope) {
  return defineRoute({
    method: 'post',
    path: `${path}/import`,
    permission: may('write'),
    summary: `A file as the whole register ${name} of one source; dry, only what it would change`,
    query: z.strictObject({
      ...fileAsked,
      leavers: z.coerce.number().int().min(0).max(10_000_000).optional(),
    }),
    transfer: { sizeBytesMax: fileBytesMax },
    msMax: importMsMax,
    response: z.object({
      outcome: z.enum(['refused', 'dry', 'same', 'done']),
      read: z.object({ format: z.string(), encoding: z.string() }),
      ...{ rows: z.int(), enters: z.int(), changes: z.int(), leaves: z.int(), present: z.int() },
      complaints: z.array(complaint),
      complaintCount: z.int(),
      differences: z.array(
        z.object({ kind: z.string(), label: z.string(), what: z.array(z.string()) }),
      ),
    }),
    async run({ query, transfer, principal }, ports) {
      needPersonal(principal)
      const { source, encoding = null, leavers = null } = query
      const options = { source, encoding, leavers, by: personOf(principal) }
      const dry = query.dry === 'yes'
      const bytes = transfer?.bytes ?? new Uint8Array()
      const imported = await importBytes(bytes, { ...options, dry }, ports, view.kind)
      // Whoever reads the register next finds in it what he has just brought.
      if (imported.last !== null) await ports.shown()
      const { rows, enters, changes, leaves, present, complaintCount } = imported.examined
      return {
        outcome: imported.outcome,
        read: { format: imported.table.format, encoding: imported.table.encoding },
        ...{ rows, enters, changes, leaves, present, complaintCount },
        complaints: imported.examined.complaints.map(complaintOf),
        differences: imported.examined.differences.map(one => ({ ...one, what: [...one.what] })),
      }
    },
  })
}

export function compareRoute({ view, name, path, may, needPersonal }: Scope) {
  return defineRoute({
    method: 'post',
    path: `${path}/compare`,
    permission: may('write'),
    summary: `Lays a second source beside the register ${name}; dry, without a word on the list`,
    query: z.strictObject({ ...fileAsked, of: text(40).optional() }),
    transfer: { sizeBytesMax: fileBytesMax },
    msMax: importMsMax,
    response: z.object({
      outcome: z.enum(['refused', 'dry', 'done']),
      ...{ seen: z.int(), missing: z.int(), unlisted: z.int() },
      isDeclared: z.boolean(),
      here: z.array(z.string()),
      there: z.array(z.string()),
      complaints: z.array(complaint),
      complaintCount: z.int(),
    }),
    async run({ query, transfer, principal }, ports) {
      needPersonal(principal)
      const { source, encoding = null, of = null } = query
      const look = view.second?.(ports.reader, of)
      if (look === undefined || view.whole === undefined) {
        throw new OkiteError('REGISTER_NOT_DECLARED')
      }
      const options = { source, encoding, by: personOf(principal), dry: query.dry === 'yes' }
      const bytes = transfer?.bytes ?? new Uint8Array()
      const whole = view.whole(ports.reader)
      const result = await compareBytes(bytes, options, ports, whole, look)
      const { compared, difference } = result
      return {
        outcome: difference === null ? 'refused' : result.last === null ? 'dry' : 'done',
        ...{ seen: compared.seen.size, missing: difference?.missing ?? 0 },
        ...{ unlisted: compared.unlisted, isDeclared: result.isDeclared },
        here: [...(difference?.here ?? [])],
        there: [...(difference?.there ?? [])],
        complaints: compared.complaints.map(complaintOf),
        complaintCount: compared.complaintCount,
      }
    },
  })
}

export function declareRoute({ view, name, path, may }: Scope) {
  return defineRoute({
    method: 'post',
    path: `${path}/declare`,
    permission: may('write'),
    summary: `A named person declares the register ${name} complete as it stands`,
    body: z.strictObject({}),
    msMax: importMsMax,
    response: z.object({ count: z.int(), hash: z.string(), pos: z.int() }),
    async run({ principal }, ports) {
      if (view.whole === undefined) throw new OkiteError('REGISTER_NOT_DECLARED')
      const whole = view.whole(ports.reader)
      const { count, hash, last } = await declareWhole(whole, personOf(principal), ports)
      await ports.shown()
      return { count, hash, pos: last }
    },
  })
}
