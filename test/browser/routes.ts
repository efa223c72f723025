import { z } from 'zod'
import { OkiteError } from '../../src/core/error.ts'
import { defineRoute } from '../../src/core/module.ts'

/** What the forms of the gallery send to. */

/** The errors it throws, as a module's `errors.md` would say them. */
export const errors = `
## GALLERY_CHANGED

Somebody else has changed this.

Read it again.

HTTP: 409
`

export const saveThing = defineRoute({
  method: 'post',
  path: '/gallery/things/{id}',
  permission: 'gallery.write',
  summary: 'Saves a thing; one called "taken" has been changed by somebody else',
  params: z.strictObject({ id: z.string().max(20) }),
  body: z.strictObject({
    name: z.string().min(1).max(40),
    note: z.string().max(200),
    kind: z.string(),
    owner: z.string(),
    day: z.union([z.literal(''), z.iso.date()]),
    agreed: z.boolean(),
    level: z.string(),
  }),
  response: z.object({ name: z.string() }),
  run: async ({ body }) => {
    if (body.name === 'taken') throw new OkiteError('GALLERY_CHANGED')
    return { name: body.name }
  },
})
