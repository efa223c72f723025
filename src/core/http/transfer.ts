import { OkiteError } from '../error.ts'
import type { Download, Upload } from '../module.ts'
import { readBytes } from './body.ts'
import type { HttpLimits } from './limits.ts'

/** Takes in files, a few at a time. Its count is changed by nothing else. */
export type Uploads = Readonly<{
  /** @throws OkiteError `HTTP_RATE`, `HTTP_BODY_TYPE`, `HTTP_BODY_TOO_LARGE`, `HTTP_BODY_INVALID` */
  read(request: Request, sizeBytesMax: number): Promise<Upload>
}>

/** What stands around the file in its body: a boundary, and the headers of the part. */
const aroundBytesMax = 8_192

export function createUploads(limits: HttpLimits): Uploads {
  let open = 0
  return {
    async read(request, sizeBytesMax) {
      if (open >= limits.uploadsMax) throw new OkiteError('HTTP_RATE', { retryAfterSeconds: 5 })
      open += 1
      try {
        return await readUpload(request, sizeBytesMax)
      } finally {
        open -= 1
      }
    },
  }
}

/**
 * One file in the field `file` and nothing else. A page of another origin could send this type without
 * being asked first; what keeps it out is the guard of every request, and the cookie.
 */
async function readUpload(request: Request, sizeBytesMax: number): Promise<Upload> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^multipart\/form-data\s*;/i.test(type)) throw new OkiteError('HTTP_BODY_TYPE')
  if (request.headers.has('content-encoding')) throw new OkiteError('HTTP_BODY_TYPE')
  const bytes = await readBytes(request, { bodyBytesMax: sizeBytesMax + aroundBytesMax })
  let parts: readonly (readonly [string, File | string])[]
  try {
    parts = [
      ...(await new Response(Buffer.from(bytes), { headers: { 'content-type': type } }).formData()),
    ]
  } catch {
    throw new OkiteError('HTTP_BODY_INVALID', { why: 'no parts' })
  }
  const [[name, file] = [], ...more] = parts
  if (name !== 'file' || !(file instanceof File) || more.length > 0) {
    throw new OkiteError('HTTP_BODY_INVALID', { why: 'not one file' })
  }
  if (file.size > sizeBytesMax) throw new OkiteError('HTTP_BODY_TOO_LARGE', { sizeBytesMax })
  return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) }
}

/** Sent piece by piece, as fast as it is read. It is a file to be kept, never a page to be shown. */
export function downloadOf({ name, mediaType, pieces }: Download): Response {
  const texts = pieces[Symbol.iterator]()
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const { done, value } = texts.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    cancel() {
      texts.return?.()
    },
  })
  const headers = {
    'content-type': mediaType,
    'content-disposition': `attachment; filename="${name}"`,
  }
  return new Response(body, { headers })
}
