import { OkiteError } from '../error.ts'
import type { HttpLimits } from './limits.ts'

type BodyLimits = Pick<
  HttpLimits,
  'bodyBytesMax' | 'bodyDepthMax' | 'bodyNodesMax' | 'receiveMsMax'
>

/**
 * Reads a request's JSON body. Size is tested before and while bytes come in, shape before anything
 * is built from them.
 *
 * @throws OkiteError `HTTP_BODY_TYPE`, `HTTP_BODY_TOO_LARGE`, `HTTP_BODY_INVALID`
 */
export async function readBody(request: Request, limits: BodyLimits): Promise<unknown> {
  const type = request.headers.get('content-type') ?? ''
  // A simple form post (CSRF) cannot have this type, and a charset other than UTF-8 is refused.
  if (!/^application\/json(\s*;\s*charset="?utf-8"?)?$/i.test(type)) {
    throw new OkiteError('HTTP_BODY_TYPE')
  }
  if (request.headers.has('content-encoding')) throw new OkiteError('HTTP_BODY_TYPE')
  const declared = Number(request.headers.get('content-length') ?? 0)
  if (declared > limits.bodyBytesMax) tooLarge(limits)
  return parseBody(await readBytes(request, limits), limits)
}

async function readBytes(request: Request, limits: BodyLimits): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  if (request.body === null) return Buffer.alloc(0)
  const reader = request.body.getReader()
  let isLate = false
  // Who sends so slowly holds a connection for nothing.
  const timer = setTimeout(() => {
    isLate = true
    void reader.cancel().catch(() => undefined)
  }, limits.receiveMsMax)
  try {
    for (;;) {
      // Whoever went away while sending is no failure of ours.
      const { done, value } = await reader.read().catch(() => {
        throw invalid('broke off')
      })
      if (isLate) throw invalid('too slow')
      if (done) break
      sizeBytes += value.byteLength
      if (sizeBytes > limits.bodyBytesMax) {
        await reader.cancel().catch(() => undefined)
        tooLarge(limits)
      }
      chunks.push(value)
    }
  } finally {
    clearTimeout(timer)
  }
  return Buffer.concat(chunks, sizeBytes)
}

function tooLarge(limits: BodyLimits): never {
  throw new OkiteError('HTTP_BODY_TOO_LARGE', { sizeBytesMax: limits.bodyBytesMax })
}

const invalid = (why: string): OkiteError => new OkiteError('HTTP_BODY_INVALID', { why })

/**
 * Strict JSON (RFC 8259) from bytes: well-formed UTF-8 without a byte-order mark, no key twice, no
 * key that reaches a prototype, no NUL and no lone surrogate (L2), bounded depth and number of nodes.
 */
export function parseBody(bytes: Uint8Array, limits: BodyLimits): unknown {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw invalid('not UTF-8')
  }
  scan(text, limits)
  try {
    return JSON.parse(text)
  } catch {
    throw invalid('not JSON')
  }
}

const prototypeKeys = new Set(['__proto__', 'constructor', 'prototype'])

/** One pass without recursion over the text. It may let bad grammar through: `JSON.parse` follows. */
function scan(text: string, limits: BodyLimits): void {
  /** Keys seen, for an object; null for an array. */
  const open: (Set<string> | null)[] = []
  let nodes = 0
  let keyNext = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    switch (character) {
      case '{':
      case '[':
        open.push(character === '{' ? new Set() : null)
        if (open.length > limits.bodyDepthMax) throw invalid('too deep')
        keyNext = character === '{'
        nodes += 1
        break
      case '}':
      case ']':
        open.pop()
        keyNext = false
        break
      case ',':
        keyNext = open.at(-1) instanceof Set
        nodes += 1
        break
      case ':':
        keyNext = false
        break
      case '"': {
        const end = endOfString(text, at)
        const value = readString(text.slice(at, end + 1))
        const keys = open.at(-1)
        if (keyNext && keys instanceof Set) checkKey(value, keys)
        at = end
        break
      }
    }
    if (nodes > limits.bodyNodesMax) throw invalid('too many elements')
  }
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at
  }
  throw invalid('not JSON')
}

function readString(quoted: string): string {
  let value: string
  try {
    value = JSON.parse(quoted)
  } catch {
    throw invalid('not JSON')
  }
  if (!value.isWellFormed() || value.includes('\0')) throw invalid('a string holds no Unicode text')
  return value
}

function checkKey(key: string, seen: Set<string>): void {
  if (prototypeKeys.has(key)) throw invalid('a key is not allowed')
  if (seen.has(key)) throw invalid('a key stands twice')
  seen.add(key)
}
