import { OkiteError } from '../error.ts'
import type { Download, Transfer } from '../module.ts'
import type { HttpLimits } from './limits.ts'
import { boundaryOf, type Part, readParts } from './multipart.ts'
import { chunksOf } from './upload.ts'

/** Takes files into memory, a few at a time. Its count is changed by nothing else. */
export type Transfers = Readonly<{
  /** @throws OkiteError `HTTP_RATE`, `HTTP_BODY_TYPE`, `HTTP_BODY_TOO_LARGE`, `HTTP_BODY_INVALID` */
  read(request: Request, sizeBytesMax: number): Promise<Transfer>
}>

export function createTransfers(limits: HttpLimits): Transfers {
  let open = 0
  return {
    async read(request, sizeBytesMax) {
      if (open >= limits.transfersMax) throw new OkiteError('HTTP_RATE', { retryAfterSeconds: 5 })
      open += 1
      try {
        return await readTransfer(request, sizeBytesMax)
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
async function readTransfer(request: Request, sizeBytesMax: number): Promise<Transfer> {
  const boundary = boundaryOf(request.headers.get('content-type') ?? '')
  if (request.headers.has('content-encoding')) throw new OkiteError('HTTP_BODY_TYPE')
  let transfer: Transfer | null = null
  for await (const { name, fileName, body } of readParts(chunksOf(request), boundary)) {
    if (name !== 'file' || fileName === null || transfer !== null) throw notOne()
    transfer = { name: fileName, bytes: await bytesOf(body, sizeBytesMax) }
  }
  if (transfer === null) throw notOne()
  return transfer
}

const notOne = () => new OkiteError('HTTP_BODY_INVALID', { why: 'not one file' })

async function bytesOf(body: Part['body'], sizeBytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of body) {
    sizeBytes += chunk.length
    if (sizeBytes > sizeBytesMax) throw new OkiteError('HTTP_BODY_TOO_LARGE', { sizeBytesMax })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
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
