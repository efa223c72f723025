import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'

/**
 * The folder of rules, events and expected matches that tests read and the project does not hold:
 * `$SHARED`, or `shared` beside one of the folders above. Null if there is none.
 */
export function sharedFolder(): string | null {
  const named = process.env.SHARED
  if (named) return named
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const shared = join(folder, 'shared')
    if (existsSync(join(shared, 'data/sigma'))) return shared
  }
  return null
}

/** What a test says that has nothing to read; false if the data is there. */
export const isMissing = sharedFolder() === null ? 'no folder shared/data/sigma' : false

export const sharedPath = (path: string): string => join(sharedFolder() ?? '', 'data', path)

export function linesOf(path: string): string[] {
  const bytes = readFileSync(sharedPath(path))
  const text = path.endsWith('.gz') ? gunzipSync(bytes) : bytes
  return text.toString().trimEnd().split('\n')
}

/** The rule files of the archive, by path inside it. */
export function ruleFiles(): Map<string, string> {
  const archive = readFileSync(sharedPath('sigma/sigma-rules.tar.zst'))
  const tar = zstdDecompressSync(archive)
  return new Map(
    [...filesOf(tar)].map(([path, bytes]) => [path.replace('sigma-rules/', ''), bytes.toString()]),
  )
}

const blockBytes = 512

/** The plain files of a tar archive (POSIX ustar), in order. */
function* filesOf(tar: Buffer): Generator<[path: string, content: Buffer]> {
  let longName: string | null = null
  for (let at = 0; at + blockBytes <= tar.length && tar[at] !== 0; ) {
    const header = tar.subarray(at, at + blockBytes)
    const size = Number.parseInt(textAt(header, 124, 12), 8)
    const content = tar.subarray(at + blockBytes, at + blockBytes + size)
    const type = textAt(header, 156, 1)
    const prefix = textAt(header, 345, 155)
    const name = textAt(header, 0, 100)
    if (type === '0' || type === '')
      yield [longName ?? (prefix ? `${prefix}/${name}` : name), content]
    // GNU tar writes a name that is too long as a file before the file.
    longName = type === 'L' ? textAt(content, 0, size) : null
    at += blockBytes * (1 + Math.ceil(size / blockBytes))
  }
}

function textAt(bytes: Buffer, from: number, length: number): string {
  const field = bytes.subarray(from, from + length)
  const end = field.indexOf(0)
  return field
    .subarray(0, end < 0 ? length : end)
    .toString()
    .trim()
}
