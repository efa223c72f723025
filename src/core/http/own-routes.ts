import { z } from 'zod'
import { OkiteError } from '../error.ts'
import { locales } from '../i18n/locale.ts'
import { publicPermission, sessionPermission } from './permission.ts'
import type { OwnedRoute } from './routes.ts'

/** What core serves itself, in the form of a module's routes, for the document. `http.ts` answers them. */

export const enterBody = z.strictObject({ token: z.string().min(1).max(200) })

export const nothing = z.strictObject({})

export const sessionSchema = z.strictObject({
  name: z.string(),
  roles: z.array(z.string()),
  permissions: z.array(z.string()),
  until: z.iso.datetime(),
  /** IANA zone of the organisation: the one that instants are shown in. */
  zone: z.string(),
  /** The organisation is made up, and nothing leaves it. */
  isSample: z.boolean(),
})

export const ownRoutes = {
  session: own('get', '/session', sessionPermission, 'Who I am and what I may', {
    response: sessionSchema,
  }),
  leave: own('post', '/session/end', sessionPermission, 'End this session', {
    body: nothing,
    response: nothing,
  }),
  // Public: the page that asks for a link must speak; catalogues are part of the program.
  messages: own('get', '/messages/{locale}/{module}', publicPermission, 'What Okite says', {
    params: z.strictObject({ locale: z.enum(locales), module: z.string().max(100) }),
    response: z.record(z.string(), z.json()),
  }),
  events: own('get', '/events', sessionPermission, 'Server-sent events: the list has grown', {
    response: z.string(),
  }),
  named: own('get', '/types/named', sessionPermission, 'Which registers the fields of facts name', {
    response: z.record(z.string(), z.record(z.string(), z.string())),
  }),
  // Public: it describes the program, whose source is public, and nothing of the installation.
  document: own('get', '/openapi.json', publicPermission, 'This document', {
    response: z.record(z.string(), z.json()),
  }),
} satisfies Record<string, OwnedRoute>

function own(
  method: 'get' | 'post',
  path: string,
  permission: string,
  summary: string,
  schemas: Pick<OwnedRoute['route'], 'params' | 'body' | 'response'>,
): OwnedRoute {
  const run = () => Promise.reject(new OkiteError('HTTP_NOT_FOUND'))
  return { module: 'core', route: { method, path, permission, summary, ...schemas, run } }
}
