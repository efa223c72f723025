import { readFile } from 'node:fs/promises'
import { endianness } from 'node:os'
import { OkiteError } from '../../core/error.ts'
import { ask } from './probe/ask.ts'
import { suites, suites13 } from './probe/names.ts'

/** A socket of this host that listens. */
export type Listener = Readonly<{ address: string; port: number }>

/** 32 MiB: two hundred thousand connections; a busier machine is not one that runs this. */
const fileBytesMax = 32 * 1024 * 1024

/**
 * The listening TCP sockets of this host's network namespace (proc(5), `/proc/net/tcp`).
 *
 * @throws OkiteError `NETWORK_LISTENERS` when the kernel's table cannot be read or is not as we know
 * it: then nobody may believe that all was looked at
 */
export async function readListeners(folder = '/proc/net'): Promise<Listener[]> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map(async name => {
      try {
        return parseListeners(await readFile(`${folder}/${name}`))
      } catch (cause) {
        // A kernel without IPv6 has no tcp6, and no such listeners.
        if (name === 'tcp6' && (cause as NodeJS.ErrnoException).code === 'ENOENT') return []
        if (cause instanceof OkiteError) throw cause
        throw new OkiteError('NETWORK_LISTENERS', { why: 'unreadable' }, { cause })
      }
    }),
  )
  const seen = new Map(tables.flat().map(one => [`${one.address} ${one.port}`, one]))
  return [...seen.values()]
}

const row =
  /^ *\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) (?:[0-9A-F]{8}|[0-9A-F]{32}):[0-9A-F]{4} ([0-9A-F]{2}) /

/** The state TCP_LISTEN of the kernel (include/net/tcp_states.h). */
const listening = '0A'

export function parseListeners(bytes: Buffer): Listener[] {
  if (bytes.length > fileBytesMax) throw new OkiteError('NETWORK_LISTENERS', { why: 'too large' })
  const lines = bytes.toString('latin1').split('\n')
  if (!/^ *sl +local_address +(?:rem|remote)_address +st /.test(lines[0] ?? '')) {
    throw new OkiteError('NETWORK_LISTENERS', { why: 'heading' })
  }
  return lines.slice(1).flatMap((line, index) => {
    if (line === '') return []
    const match = row.exec(line)
    if (match === null) throw new OkiteError('NETWORK_LISTENERS', { why: 'row', line: index + 2 })
    const [, address, port, state] = match as unknown as [string, string, string, string]
    const number = Number.parseInt(port, 16)
    if (state !== listening || number === 0) return []
    return [{ address: addressOf(address), port: number }]
  })
}

/** The kernel prints each 32-bit word of the address in the byte order of the machine. */
function addressOf(hex: string): string {
  const bytes = Buffer.from(hex, 'hex')
  if (endianness() === 'LE') bytes.swap32()
  if (bytes.length === 4) return bytes.join('.')
  const mapped = bytes.subarray(0, 12).equals(mappedPrefix)
  if (mapped) return bytes.subarray(12).join('.')
  const words = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16))
  return new URL(`http://[${words.join(':')}]/`).hostname.slice(1, -1)
}

const mappedPrefix = Buffer.from('00000000000000000000ffff', 'hex')

export const isWildcard = (address: string): boolean => address === '0.0.0.0' || address === '::'

type Speech = 'tls' | 'other' | 'silent'

/**
 * Asks a listening socket whether it speaks TLS, with at most two connections: a server that answers
 * a ClientHello with a record of its own does, whatever it says in it.
 */
export async function speechOf(
  listener: Listener,
  options: Readonly<{ timeoutMs: number; signal: AbortSignal }>,
): Promise<Speech> {
  const address =
    listener.address === '0.0.0.0'
      ? '127.0.0.1'
      : listener.address === '::'
        ? '::1'
        : listener.address
  let speech: Speech = 'other'
  for (const version of ['tls13', 'tls12'] as const) {
    const answer = await ask(
      { address, port: listener.port },
      {
        version,
        suites: version === 'tls13' ? suites13 : suites.slice(0, 64),
        serverName: null,
      },
      options,
    )
    if (answer.kind !== 'unknown') return 'tls'
    switch (answer.reason) {
      case 'alert.other':
      case 'answer.malformed':
      case 'answer.truncated':
      case 'answer.too.large':
        return 'tls'
      case 'answer.not.tls':
        return 'other'
      case 'answer.silent':
      case 'answer.slow':
        return 'silent'
      default:
        speech = 'other'
    }
  }
  return speech
}
