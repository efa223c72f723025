import { OkiteError } from '../error.ts'

/** One part of a form (RFC 7578). Its body is read to its end before the next part is asked for. */
export type Part = Readonly<{
  name: string
  /** null: a field, no file. */
  fileName: string | null
  body: AsyncGenerator<Uint8Array>
}>

/** What stands above a part: two lines with a name; more is no form of a browser. */
const headBytesMax = 4_096

const invalid = (why: string): OkiteError => new OkiteError('HTTP_BODY_INVALID', { why })

/**
 * The boundary that a `content-type` names (RFC 2046, 5.1.1).
 *
 * @throws OkiteError `HTTP_BODY_TYPE`
 */
export function boundaryOf(contentType: string): string {
  const [, quoted, plain] =
    /^multipart\/form-data\s*;\s*boundary=(?:"([^"\\]{1,70})"|([^\s;,"]{1,70}))$/i.exec(
      contentType,
    ) ?? []
  const boundary = quoted ?? plain
  if (
    boundary === undefined ||
    !/^[0-9A-Za-z'()+_,./:=? -]*[0-9A-Za-z'()+_,./:=?-]$/.test(boundary)
  )
    throw new OkiteError('HTTP_BODY_TYPE')
  return boundary
}

/**
 * The parts of a form as they come in, in memory that the size of a file does not change. Strict: no
 * preamble, no nested part, no transfer encoding, nothing after the end.
 *
 * @throws OkiteError `HTTP_BODY_INVALID`
 */
export async function* readParts(
  chunks: AsyncIterable<Uint8Array>,
  boundary: string,
): AsyncGenerator<Part> {
  const input = new Input(chunks)
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  if (!(await input.take(delimiter.subarray(2)))) throw invalid('no form')
  while (!(await input.take(Buffer.from('--')))) {
    if (!(await input.take(Buffer.from('\r\n')))) throw invalid('no form')
    const head = headOf(await input.until(Buffer.from('\r\n\r\n'), headBytesMax))
    const body = input.bodyUntil(delimiter)
    yield { ...head, body }
    // What nobody read is read over, so that the next part begins where it does.
    for await (const _ of body);
  }
  await input.take(Buffer.from('\r\n'))
  if (!(await input.isAtEnd())) throw invalid('something after its end')
}

/** `Content-Disposition: form-data; name="file"; filename="a.pdf"`, as browsers write it. */
function headOf(bytes: Uint8Array): Pick<Part, 'name' | 'fileName'> {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw invalid('not UTF-8')
  }
  const lines = text.split('\r\n').map(line => line.split(/:\s*/, 2))
  const names = lines.map(([name = '']) => name.toLowerCase())
  const isKnown = names.every(name => name === 'content-disposition' || name === 'content-type')
  if (!isKnown || new Set(names).size !== names.length) throw invalid('a header is not known')
  const said = text.split('\r\n')[names.indexOf('content-disposition')] ?? ''
  const [, name, file] =
    /^content-disposition:\s*form-data; name="([a-z]{1,40})"(?:; filename="([^"\r\n\0]{1,1000})")?$/i.exec(
      said,
    ) ?? []
  if (name === undefined) throw invalid('a part has no name')
  // HTML escapes exactly these three in a name of a file.
  const escapes: Readonly<Record<string, string>> = { '%22': '"', '%0D': '\r', '%0A': '\n' }
  const fileName = file?.replaceAll(/%(22|0D|0A)/g, found => escapes[found]!) ?? null
  return { name, fileName }
}

/** Bytes that have come and that nobody has taken. */
class Input {
  private held = Buffer.alloc(0)
  private isOver = false
  private readonly chunks: AsyncIterator<Uint8Array>

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.chunks = chunks[Symbol.asyncIterator]()
  }

  /** Takes these bytes if they come next. */
  async take(wanted: Buffer): Promise<boolean> {
    while (this.held.length < wanted.length && (await this.more()));
    if (!this.held.subarray(0, wanted.length).equals(wanted)) return false
    this.held = this.held.subarray(wanted.length)
    return true
  }

  async until(end: Buffer, sizeBytesMax: number): Promise<Uint8Array> {
    for (;;) {
      const at = this.held.indexOf(end)
      if (at > sizeBytesMax || (at < 0 && this.held.length > sizeBytesMax))
        throw invalid('a head is too long')
      if (at >= 0) {
        const taken = this.held.subarray(0, at)
        this.held = this.held.subarray(at + end.length)
        return taken
      }
      if (!(await this.more())) throw invalid('broke off')
    }
  }

  /** Everything up to the delimiter; what may be the beginning of one is held back. */
  async *bodyUntil(delimiter: Buffer): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = this.held.indexOf(delimiter)
      const sure = at >= 0 ? at : Math.max(0, this.held.length - delimiter.length + 1)
      const taken = this.held.subarray(0, sure)
      this.held = this.held.subarray(at >= 0 ? sure + delimiter.length : sure)
      if (taken.length > 0) yield taken
      if (at >= 0) return
      if (!(await this.more())) throw invalid('broke off')
    }
  }

  async isAtEnd(): Promise<boolean> {
    return this.held.length === 0 && !(await this.more())
  }

  /** False at the end. An empty chunk is no end. */
  private async more(): Promise<boolean> {
    while (!this.isOver) {
      const { done, value } = await this.chunks.next().catch(() => {
        throw invalid('broke off')
      })
      if (done) this.isOver = true
      else if (value.length > 0) {
        this.held = Buffer.concat([this.held, value])
        return true
      }
    }
    return false
  }
}
