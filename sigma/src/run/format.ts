import { isSyslog } from './syslog.ts'

/**
 * `jsonl`: an object a line; `json`: a list, objects laid out over lines, or a wrapping of a list;
 * `text`: lines that are matched as they are.
 */
export const formats = ['jsonl', 'json', 'evtx', 'csv', 'syslog', 'text'] as const
export type Format = (typeof formats)[number]

/** What names promise, where the bytes do not say otherwise. */
const promised: Readonly<Record<string, Format>> = {
  evtx: 'evtx',
  json: 'jsonl',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  csv: 'csv',
  log: 'text',
  syslog: 'text',
  txt: 'text',
}

/** The ending of a name, without that of its packing; '' if there is none. */
export function endingOf(path: string): string {
  const name = path.replace(/\.(?:gz|zst)$/i, '')
  return /\.([a-z]{1,8})$/i.exec(name)?.[1]?.toLowerCase() ?? ''
}

/**
 * The format of a file, from its first bytes (UTF-8, without a byte order mark) and its name; null
 * if it does not look like events. A file that somebody named is lines of text if it is nothing
 * else.
 */
export function formatOf(peek: Uint8Array, path: string, isNamed: boolean): Format | null {
  const bytes = Buffer.from(peek.buffer, peek.byteOffset, peek.length)
  const name = promised[endingOf(path)] ?? null
  if (bytes.subarray(0, evtxMagic.length).equals(evtxMagic) || name === 'evtx') return 'evtx'
  if (bytes.subarray(0, 1024).includes(0)) return null
  if (name === 'csv') return 'csv'
  const text = bytes.toString().trimStart()
  if (text.startsWith('[')) {
    if (/^\[\s*[{\]]/.test(text)) return 'json'
  } else if (text.startsWith('{')) return ofObjects(text)
  const line = text.split('\n', 1)[0] ?? ''
  if (isSyslog(line) && name !== 'jsonl') return 'syslog'
  return name ?? (isNamed ? 'text' : null)
}

const evtxMagic = Buffer.from('ElfFile\0', 'latin1')

function ofObjects(text: string): Format {
  if (/^\{\s*"(?:Records|records|value)"\s*:\s*\[\s*[{\]]/.test(text)) return 'json'
  const [line = '', ...more] = text.split('\n', 2)
  // A line that ends as an object does is meant to be one, though it may be a bad one.
  return more.length === 0 || line.trimEnd().endsWith('}') ? 'jsonl' : 'json'
}
