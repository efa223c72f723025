import { createHash } from 'node:crypto'
import { OkiteError } from '../../core/error.ts'
import { type Endpoint, parseEndpoint } from './endpoint-name.ts'

/** 10,000: an organisation with more endpoints than this needs more than one prober. */
export const endpointsMax = 10_000

/** 10,000 of the longest names, with comments. */
const fileBytesMax = 4 * 1024 * 1024

/**
 * Reads a list of endpoints: UTF-8, one `host:port` a line, `#` begins a comment. Nothing is taken
 * from a file with one bad line.
 *
 * @throws OkiteError `NETWORK_LIST` with `line` and `why`
 */
export function parseEndpointFile(bytes: Buffer): Endpoint[] {
  if (bytes.length > fileBytesMax) throw new OkiteError('NETWORK_LIST', { why: 'too large' })
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new OkiteError('NETWORK_LIST', { why: 'not UTF-8' }, { cause })
  }
  const entries = text.split(/\r?\n/).flatMap((line, index) => {
    const entry = line.replace(/#.*$/, '').trim()
    return entry === '' ? [] : [{ text: entry, line: index + 1 }]
  })
  return parseEntries(entries)
}

export const parseEndpointWords = (words: readonly string[]): Endpoint[] =>
  parseEntries(words.map(text => ({ text, line: null })))

function parseEntries(entries: readonly { text: string; line: number | null }[]): Endpoint[] {
  if (entries.length > endpointsMax) {
    throw new OkiteError('NETWORK_LIST', { why: 'too many', max: endpointsMax })
  }
  const lines = new Map<string, number | null>()
  return entries.map(({ text, line }) => {
    const endpoint = parseLine(text, line)
    if (lines.has(endpoint.key)) {
      const data = { why: 'duplicate', text: endpoint.key, line }
      throw new OkiteError('NETWORK_LIST', { ...data, first: lines.get(endpoint.key) ?? null })
    }
    lines.set(endpoint.key, line)
    return endpoint
  })
}

function parseLine(text: string, line: number | null): Endpoint {
  try {
    return parseEndpoint(text)
  } catch (cause) {
    if (!(cause instanceof OkiteError) || line === null) throw cause
    throw new OkiteError('NETWORK_LIST', { ...cause.data, line }, { cause })
  }
}

/** SHA-256 of the sorted keys: what a person declares complete, and what a run compares with. */
export function hashOf(keys: readonly string[]): string {
  const sorted = [...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex')
}
