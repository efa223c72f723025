import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { OkiteError } from '../../core/error.ts'
import type { FactType, Observation, Pos } from '../../core/fact.ts'
import { formatInstant } from '../../core/i18n/time.ts'
import type { Command } from '../../core/module.ts'
import { toInstant } from '../../core/time.ts'
import { probeAll, readList } from './collect.ts'
import { hashOf, parseEndpointFile, parseEndpointWords } from './endpoint-list.ts'
import { type Endpoint, endpointOf } from './endpoint-name.ts'
import {
  endpointListed,
  endpointRemoved,
  listConfirmed,
  listDeclared,
  type Probed,
} from './facts.ts'
import { networkSettings } from './settings.ts'
import type { Shown } from './show.ts'
import { words } from './words.ts'

type CommandPorts = Parameters<Command['run']>[1]

/** `./okite endpoint list | declare | remove | confirm | probe` */
export const endpointCommand: Command = {
  name: 'endpoint',
  summary: {
    en: 'the list of TLS endpoints: list, declare, remove, confirm, probe',
    ja: 'TLS エンドポイントの一覧：list（表示）、declare（宣言）、remove（削除）、confirm（確認）、probe（調査）',
    'zh-TW':
      'TLS 端點清單：list（列出）、declare（宣告）、remove（移除）、confirm（確認）、probe（探測）',
  },
  async run(args, ports) {
    const [verb, ...rest] = args
    switch (verb) {
      case 'list':
        parse(rest, {}, false)
        return list(ports)
      case 'declare':
        return declare(rest, ports)
      case 'remove':
        return remove(rest, ports)
      case 'confirm':
        return confirm(rest, ports)
      case 'probe':
        parse(rest, {}, false)
        return probe(ports)
      default:
        ports.out(`${ports.messages.translate(ports.locale, 'usage.endpoint')}\n`)
        return verb === undefined || verb === 'help' ? 0 : 2
    }
  },
}

async function list(ports: CommandPorts): Promise<number> {
  const rows = await ports.reader.query<Shown>(
    'select endpoint, listed, probed, pos, probe from network_endpoint order by endpoint',
  )
  const say = words[ports.locale]
  if (rows.length === 0) ports.out(`${say.none}\n`)
  const width = widthOf(rows.map(row => row.endpoint))
  for (const row of rows) {
    const answer =
      row.probe === null ? say.never : `${when(row.probed, ports)}  ${summary(row.probe, ports)}`
    ports.out(`${row.endpoint.padEnd(width)}  ${answer}\n`)
  }
  return 0
}

async function declare(args: readonly string[], ports: CommandPorts): Promise<number> {
  const { values, positionals } = parse(args, { by: true, file: true }, true)
  const by = personOf(values.by)
  if ((values.file === undefined) === (positionals.length === 0)) {
    throw new OkiteError('NETWORK_USAGE', { why: 'name endpoints, or one file' })
  }
  const wanted =
    values.file === undefined
      ? parseEndpointWords(positionals)
      : parseEndpointFile(await readListFile(resolve(ports.cwd, values.file)))
  // An empty file is one that was not written to its end more often than a wish to have no endpoint.
  if (wanted.length === 0) throw new OkiteError('NETWORK_LIST', { why: 'empty' })
  await replaceList(wanted, by, ports)
  return 0
}

async function remove(args: readonly string[], ports: CommandPorts): Promise<number> {
  const { values, positionals } = parse(args, { by: true }, true)
  const by = personOf(values.by)
  const gone = parseEndpointWords(positionals)
  if (gone.length === 0) throw new OkiteError('NETWORK_USAGE', { why: 'name endpoints' })
  const present = await readEndpoints(ports)
  for (const { key } of gone) {
    if (!present.some(one => one.key === key)) {
      throw new OkiteError('NETWORK_ENDPOINT_UNKNOWN', { endpoint: key })
    }
  }
  await replaceList(
    present.filter(one => gone.every(other => other.key !== one.key)),
    by,
    ports,
  )
  return 0
}

/**
 * Makes the list what is wanted. The order matters if we are killed between two facts: additions,
 * then the declaration, then removals. At every point the list holds at least what was declared, so
 * the worst that a half-done change leaves is an endpoint too many.
 */
async function replaceList(
  wanted: readonly Endpoint[],
  by: string,
  ports: CommandPorts,
): Promise<void> {
  const present = new Set((await readEndpoints(ports)).map(one => one.key))
  const added = wanted.filter(one => !present.has(one.key))
  const keep = new Set(wanted.map(one => one.key))
  const removed = [...present].filter(key => !keep.has(key))
  await inBatches(added, ({ key, host, port }) =>
    submit(ports, endpointListed, by, key, { endpoint: key, host, port }),
  )
  const hash = hashOf([...keep])
  let last = await submit(ports, listDeclared, by, hash, { endpoints: keep.size, hash })
  for (const pos of await inBatches(removed, endpoint =>
    submit(ports, endpointRemoved, by, endpoint, { endpoint }),
  )) {
    last = Math.max(last, pos)
  }
  await ports.judged(last)
  const say = words[ports.locale]
  ports.out(`${say.declared(keep.size, added.length, removed.length)}\n${say.next}\n`)
}

async function confirm(args: readonly string[], ports: CommandPorts): Promise<number> {
  const { values } = parse(args, { by: true }, false)
  const by = personOf(values.by)
  const [declared] = await ports.reader.latest(listDeclared, 1)
  const keys = (await readEndpoints(ports)).map(one => one.key)
  const hash = hashOf(keys)
  if (declared === undefined || declared.body.hash !== hash) {
    throw new OkiteError('NETWORK_LIST_UNDECLARED', { endpoints: keys.length })
  }
  // Who declared it cannot also be the second source. An erased name could be anybody's.
  const first = await ports.reader.disclose(declared.pos, 'by')
  if (first === null || sameName(first, by)) throw new OkiteError('NETWORK_SAME_PERSON')
  const pos = await submit(ports, listConfirmed, by, hash, { endpoints: keys.length, hash })
  await ports.judged(pos)
  ports.out(`${words[ports.locale].confirmed(keys.length)}\n`)
  return 0
}

const sameName = (a: string, b: string): boolean => folded(a) === folded(b)
const folded = (name: string) => name.normalize('NFKC').replace(/\s+/gu, ' ').trim().toLowerCase()

async function probe(ports: CommandPorts): Promise<number> {
  const settings = networkSettings.parse(ports.settings)
  const rows = await readList(ports)
  const say = words[ports.locale]
  if (rows.length === 0) ports.out(`${say.none}\n`)
  let last: Pos | null = null
  const width = widthOf(rows.map(row => endpointOf(row.host, row.port).key))
  for await (const observation of probeAll(rows, settings, ports)) {
    last = (await ports.submit(observation)).pos
    ports.out(`${observation.body.endpoint.padEnd(width)}  ${summary(observation.body, ports)}\n`)
  }
  if (last !== null) await ports.judged(last)
  // The list is believed only as long as the second source agrees with it: look there as well.
  await ports.collect('sighter')
  return 0
}

/** A column as wide as it must be; a very long name takes its line alone. */
const widthOf = (names: readonly string[]): number =>
  Math.min(60, Math.max(0, ...names.map(name => name.length)))

/** One line for a terminal: what was accepted, and the certificate, the worst address first. */
function summary(probe: Probed, ports: CommandPorts): string {
  const t = (id: string, values = {}) => ports.messages.translate(ports.locale, id, values)
  // Of a reason `connect.refused` the catalogue has the words; what follows it is its detail.
  const why = (reason: string | undefined) => {
    const [code = ''] = (reason ?? '').split(' ')
    const id = `reason.tls.unknown.${code}`
    return ports.messages.has(id) ? t(id) : code
  }
  const problem = (code: string) => {
    const id = `reason.tls.${code}`
    return ports.messages.has(id) ? t(id) : code
  }
  if (probe.addresses.length === 0) return why(probe.reason)
  return probe.addresses
    .map(({ address, versions, certificate }) => {
      const told = Object.entries(versions).flatMap(([id, { accepted, plain, reason }]) => {
        const name = id === 'ssl3' ? 'SSL 3.0' : `TLS 1.${id.slice(-1)}`
        if (accepted === 'yes') return [plain === 'yes' ? `${name} (${t('network.plain')})` : name]
        return accepted === 'unknown' ? [`${name}? (${why(reason)})`] : []
      })
      // Nothing was accepted and everything is unknown for one reason: it is told once.
      const silent = told.length > 1 && new Set(told.map(text => text.slice(8))).size === 1
      const seen = silent && told[0]?.includes('?') ? [why(versions['tls13']?.reason)] : told
      const problems =
        certificate.problems.length > 0
          ? certificate.problems.map(problem)
          : [t(certificate.status === 'valid' ? 'network.valid' : 'network.unknown')]
      return `${address}  ${[...new Set(seen)].join(', ') || t('network.nothing')}; ${problems.join(' ')}`
    })
    .join(' | ')
}

const when = (instant: string | null, { locale, policy }: CommandPorts): string =>
  instant === null ? '' : formatInstant(locale, policy.organisation.zone, instant)

const readEndpoints = async (ports: CommandPorts): Promise<Endpoint[]> =>
  (await readList(ports)).map(row => endpointOf(row.host, row.port))

async function submit<B>(
  ports: CommandPorts,
  type: FactType<B>,
  by: string,
  what: string,
  body: B,
): Promise<Pos> {
  const now = toInstant(ports.clock.nowMs())
  const observation: Observation<B> = {
    type,
    source: 'endpoint command',
    occurred: now,
    observed: now,
    trust: 'record',
    body,
    private: { by: { value: by, person: by } },
    identity: `${type.name} ${what} ${now}`,
  }
  return (await ports.submit(observation)).pos
}

/** 256: as many as the ledger takes in one batch. */
const batchSize = 256

async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<Pos>): Promise<Pos[]> {
  const done: Pos[] = []
  for (let at = 0; at < items.length; at += batchSize) {
    done.push(...(await Promise.all(items.slice(at, at + batchSize).map(work))))
  }
  return done
}

type Values = Readonly<{ by?: string; file?: string }>

function parse(
  args: readonly string[],
  wants: Readonly<{ by?: boolean; file?: boolean }>,
  takesWords: boolean,
): { values: Values; positionals: string[] } {
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...(wants.by ? { by: { type: 'string' as const } } : {}),
        ...(wants.file ? { file: { type: 'string' as const } } : {}),
      },
      allowPositionals: takesWords,
    }) as { values: Values; positionals: string[] }
  } catch (cause) {
    throw new OkiteError('NETWORK_USAGE', { why: 'options' }, { cause })
  }
}

function personOf(by: string | undefined): string {
  const name = by?.trim() ?? ''
  if (name === '') throw new OkiteError('NETWORK_USAGE', { why: 'say who: --by NAME' })
  if (name.length > 200 || /\p{C}/u.test(name) || !name.isWellFormed()) {
    throw new OkiteError('NETWORK_USAGE', { why: 'name' })
  }
  return name
}

/** One byte more than a list may have: enough to know that it is too large, and never more. */
const readBytesMax = 4 * 1024 * 1024 + 1

async function readListFile(path: string): Promise<Buffer> {
  try {
    // Without waiting for the other end of a pipe, and then a plain file or nothing.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      if (!(await file.stat()).isFile()) throw new Error('not a plain file')
      const buffer = Buffer.alloc(readBytesMax)
      let bytes = 0
      for (;;) {
        const { bytesRead } = await file.read(buffer, bytes, readBytesMax - bytes)
        bytes += bytesRead
        if (bytesRead === 0 || bytes === readBytesMax) return buffer.subarray(0, bytes)
      }
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw new OkiteError('NETWORK_LIST', { why: 'unreadable' }, { cause })
  }
}
