import { OkiteError } from '../error.ts'
import type { HeldFile, KeptFile } from '../file/store.ts'
import type { ReceivedFile } from '../module.ts'
import { parseBody } from './body.ts'
import type { HttpLimits } from './limits.ts'
import { boundaryOf, readParts } from './multipart.ts'

/** Where files of evidence go that come over HTTP. */
export type EdgeFiles = Readonly<{
  receive(name: string, chunks: AsyncIterable<Uint8Array>, sizeBytesMax: number): Promise<HeldFile>
  keep(held: HeldFile, by: string): Promise<KeptFile>
  read(sha256: string): AsyncIterable<Uint8Array>
}>

/** What came with a form, until it is let go. */
export type Uploaded = Readonly<{
  fields: unknown
  files: readonly ReceivedFile[]
  /** Nothing of what was not kept stays. */
  release(): Promise<void>
}>

/**
 * Reads a form: its `fields` first, then its files, each sealed on the disk as it comes. One that is too
 * large is refused where it becomes so.
 *
 * @throws OkiteError `HTTP_BODY_TYPE`, `HTTP_BODY_INVALID`, `HTTP_BODY_TOO_LARGE`, `HTTP_FILES`, `FILE_…`
 */
export async function readUpload(
  request: Request,
  store: EdgeFiles,
  limits: HttpLimits,
  most: Readonly<{ files: number; sizeBytes: number }>,
): Promise<Uploaded> {
  const boundary = boundaryOf(request.headers.get('content-type') ?? '')
  const held: HeldFile[] = []
  const release = async () => {
    await Promise.all(held.map(one => one.discard()))
  }
  let fields: { value: unknown } | null = null
  try {
    for await (const { name, fileName, body } of readParts(chunksOf(request), boundary)) {
      if (name === 'fields' && fileName === null && fields === null) {
        fields = { value: parseBody(await small(body, limits), limits) }
      } else if (name === 'file' && fileName !== null && fields !== null) {
        if (held.length >= most.files) throw new OkiteError('HTTP_FILES', { max: most.files })
        held.push(await store.receive(baseOf(fileName), body, most.sizeBytes))
      } else throw new OkiteError('HTTP_BODY_INVALID', { why: 'a part that is not asked for' })
    }
    if (fields === null) throw new OkiteError('HTTP_BODY_INVALID', { why: 'no fields' })
  } catch (error) {
    await release()
    throw error
  }
  const files = held.map(one => ({ file: one.file, keep: (by: string) => store.keep(one, by) }))
  return { fields: fields.value, files, release }
}

/** What a browser names may have folders before it. */
const baseOf = (fileName: string): string => fileName.split(/[\\/]/).at(-1) ?? ''

async function small(body: AsyncIterable<Uint8Array>, limits: HttpLimits): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of body) {
    sizeBytes += chunk.length
    if (sizeBytes > limits.bodyBytesMax)
      throw new OkiteError('HTTP_BODY_TOO_LARGE', { sizeBytesMax: limits.bodyBytesMax })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The body of a request as it comes in. */
export async function* chunksOf({ body }: Request): AsyncGenerator<Uint8Array> {
  if (body === null) return
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
