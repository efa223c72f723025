import { z } from 'zod'
import { OkiteError } from '../error.ts'
import { defineRoute } from '../module.ts'
import { changeEntry, closeEntry, createEntry, rowOf } from './edit.ts'
import type { Scope } from './route-scope.ts'

export function createRoute({ view, name, path, may, values }: Scope) {
  return defineRoute({
    method: 'post',
    path,
    permission: may('write'),
    summary: `A new entry of the register ${name}`,
    body: z.strictObject({ values }),
    response: z.object({ id: z.string() }),
    run: async ({ body, principal }, ports) => ({
      id: await createEntry(view, body.values, { principal, ports }),
    }),
  })
}

export function changeRoute({ view, name, path, may, values, entry }: Scope) {
  return defineRoute({
    method: 'patch',
    path: `${path}/entry`,
    permission: may('write'),
    summary: `Changes an entry of the register ${name} that is still as it was seen`,
    query: entry,
    body: z.strictObject({ values }),
    ifMatch: true,
    response: z.object({ id: z.string(), version: z.int() }),
    async run({ query: { id }, body, version, principal }, ports) {
      await changeEntry(view, id, version ?? -1, body.values, { principal, ports })
      return { id, version: Number((await rowOf(view, id, ports)).pos) }
    },
  })
}

export function closeRoute({ view, name, path, may, entry }: Scope) {
  return defineRoute({
    method: 'post',
    path: `${path}/entry/close`,
    permission: may('write'),
    summary: `Ends an entry of the register ${name}, with a reason`,
    query: entry,
    body: z.strictObject({ reason: z.string().trim().min(1).max(2_000) }),
    ifMatch: true,
    response: z.object({ id: z.string() }),
    async run({ query: { id }, body, version, principal }, ports) {
      if (!view.isClosable) throw new OkiteError('REGISTER_NOT_CLOSABLE')
      await closeEntry(view, id, version ?? -1, body.reason, { principal, ports })
      return { id }
    },
  })
}
