import { X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { isIP } from 'node:net'
import { OkiteError } from '../../core/error.ts'
import { isHostName } from './endpoint-name.ts'
import { hostNames } from './probe/certificate.ts'

/** A name that somebody holds a valid certificate for. `port` is null where the source does not say. */
export type SeenName = Readonly<{ name: string; port: number | null }>

/** 16 MiB, 100,000 certificates: ten times the largest endpoint list. */
const fileBytesMax = 16 * 1024 * 1024
const entriesMax = 100_000
const lineLengthMax = 65_536

/** A file that nobody renewed for so long tells of the past, and confirms nothing. */
const fileAgeMsMax = 7 * 24 * 3_600_000

/** Reads the file of certificates seen; null when it is older than a week. */
export async function readSeen(file: string, nowMs: number): Promise<SeenName[] | null> {
  try {
    const { mtimeMs, size } = await stat(file)
    if (size > fileBytesMax) refuse('too large', null)
    if (nowMs - mtimeMs > fileAgeMsMax) return null
    return parseSeen(await readFile(file), nowMs)
  } catch (cause) {
    if (cause instanceof OkiteError) throw cause
    throw new OkiteError('NETWORK_CERTIFICATES_SEEN', { why: 'unreadable' }, { cause })
  }
}

/**
 * Host names of the certificates that are valid now. A PEM bundle, or JSON lines in which an object
 * has `names` (an array) or `name_value` (lines, as certificate transparency searches answer), and
 * may have `port` and `not_after`. Expired certificates and mail addresses are passed over.
 *
 * @throws OkiteError `NETWORK_CERTIFICATES_SEEN` with `line` and `why`
 */
export function parseSeen(bytes: Buffer, nowMs: number): SeenName[] {
  if (bytes.length > fileBytesMax) refuse('too large', null)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    refuse('not UTF-8', null)
  }
  const names = text.includes('-----BEGIN ') ? fromPem(text, nowMs) : fromLines(text, nowMs)
  const unique = new Map(names.map(seen => [`${seen.name} ${seen.port}`, seen]))
  return [...unique.values()]
}

function fromPem(text: string, nowMs: number): SeenName[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  if (blocks.length !== text.split('-----BEGIN ').length - 1) refuse('not a certificate', null)
  if (blocks.length > entriesMax) refuse('too many', null)
  return blocks.flatMap((block, index) => {
    let certificate: X509Certificate
    try {
      certificate = new X509Certificate(block)
    } catch {
      return refuse('broken certificate', index + 1)
    }
    if (certificate.validToDate.getTime() < nowMs) return []
    return hostNames(certificate).flatMap(name => seenName(name, null))
  })
}

function fromLines(text: string, nowMs: number): SeenName[] {
  const lines = text.split(/\r?\n/)
  if (lines.length > entriesMax) refuse('too many', null)
  return lines.flatMap((line, index) =>
    line.trim() === '' ? [] : fromLine(line, index + 1, nowMs),
  )
}

function fromLine(line: string, number: number, nowMs: number): SeenName[] {
  if (line.length > lineLengthMax) refuse('line too long', number)
  let entry: unknown
  try {
    entry = JSON.parse(line)
  } catch {
    refuse('not JSON', number)
  }
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    refuse('not an object', number)
  }
  const field = (name: string): unknown =>
    Object.hasOwn(entry as object, name) ? (entry as Record<string, unknown>)[name] : undefined
  const value = field('name_value')
  const names = field('names') ?? (typeof value === 'string' ? value.split('\n') : undefined)
  if (!Array.isArray(names) || !names.every(name => typeof name === 'string')) {
    refuse('no names', number)
  }
  const port = field('port') ?? null
  if (port !== null && !(Number.isInteger(port) && Number(port) > 0 && Number(port) < 65_536)) {
    refuse('port', number)
  }
  if (isOver(field('not_after'), nowMs, number)) return []
  return (names as string[]).flatMap(name =>
    seenName(name.toLowerCase(), port === null ? null : Number(port)),
  )
}

function isOver(notAfter: unknown, nowMs: number, line: number): boolean {
  if (notAfter === undefined || notAfter === null) return false
  if (typeof notAfter !== 'string') refuse('not_after', line)
  // Transparency searches leave the zone out and mean UTC.
  const text = notAfter as string
  const ms = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`)
  if (Number.isNaN(ms)) refuse('not_after', line)
  return ms < nowMs
}

function seenName(name: string, port: number | null): SeenName[] {
  const base = name.startsWith('*.') ? name.slice(2) : name
  return isHostName(base) || isIP(name) !== 0 ? [{ name, port }] : []
}

/** RFC 9525 §6.3: a wildcard stands for exactly one label. */
export function covers(name: string, host: string): boolean {
  if (!name.startsWith('*.')) return name === host
  const dot = host.indexOf('.')
  return dot > 0 && host.slice(dot) === name.slice(1)
}

function refuse(why: string, line: number | null): never {
  throw new OkiteError('NETWORK_CERTIFICATES_SEEN', { why, line })
}
