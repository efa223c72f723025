import { z } from 'zod'
import type { ErrorData } from '../error.ts'
import { codeOf, OkiteError } from '../error.ts'
import type { Log } from '../log.ts'
import type { ErrorDocuments } from './error-documents.ts'

/** A problem document (RFC 9457). `code`, `remedy` and `data` are extension members (§3.2). */
export const problemSchema = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  remedy: z.string().optional(),
  data: z.record(z.string(), z.json()).optional(),
})

/**
 * The one place where anything thrown below HTTP becomes an answer. A refusal is told with its code,
 * its words and its data; everything else is told as `INTERNAL`, because the message of a foreign
 * error may hold a path, a query or a person's value.
 */
export function toProblem(thrown: unknown, documents: ErrorDocuments, log: Log): Response {
  const refusal = asRefusal(thrown)
  const document = documents.get(refusal.code)
  if (document === undefined || document.status >= 500) {
    log.error('http.failed', { code: refusal.code, cause: codeOf(refusal.cause ?? thrown) })
  }
  if (document === undefined) return problem('INTERNAL', 500, 'something went wrong inside Okite')
  return problem(refusal.code, document.status, document.what, document.remedy, refusal.data)
}

function asRefusal(thrown: unknown): OkiteError {
  if (thrown instanceof OkiteError) return thrown
  return new OkiteError('INTERNAL', {}, { cause: thrown })
}

function problem(
  code: string,
  status: number,
  title: string,
  remedy?: string,
  data: ErrorData = {},
): Response {
  const body = {
    // A name and not an address: the words are in this document, there is nothing to fetch.
    type: `urn:okite:error:${code}`,
    title,
    status,
    code,
    ...(remedy === undefined ? {} : { remedy }),
    ...(Object.keys(data).length === 0 ? {} : { data }),
  }
  const headers = new Headers({ 'content-type': 'application/problem+json' })
  const after = data['retryAfterSeconds']
  if (typeof after === 'number') headers.set('retry-after', String(after))
  return new Response(JSON.stringify(body), { status, headers })
}
