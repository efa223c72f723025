import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { type FileHandle, open, readdir, realpath, stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { Machine } from './layers.ts'
import { headerBytesMin, type LuksHeader, readLuks, sizeOfHeader } from './luks.ts'

/** The machine that Okite runs on (Linux). What may not be read is not known; nothing is changed. */
export const thisMachine: Machine = {
  text: path => orNull(readText(path)),
  names: async path => (await orNull(readdir(path))) ?? [],
  real: path => orNull(realpath(path)),
  // In `/sys` a slash of a name is an exclamation mark (sysfs).
  header: (name, device) => orNull(readHeader(`/dev/${name.replaceAll('!', '/')}`, device)),
  attributes: path => orNull(readAttributes(path)),
  device: async path => {
    const found = await orNull(stat(path))
    return found === null ? null : numberOf(found.dev)
  },
}

const orNull = <T>(asked: Promise<T | null>): Promise<T | null> => asked.catch(() => null)

/** As glibc takes a device number apart (makedev(3)); below 2^32 Node gives it as it is. */
export const numberOf = (dev: number): string => {
  const [high, low] = [Math.floor(dev / 2 ** 32), dev >>> 0]
  const major = ((low >>> 8) & 0xfff) | (high & 0xfffff000)
  const minor = (low & 0xff) | ((low >>> 12) & 0xfff00)
  return `${major}:${minor}`
}

/** Of a machine with many cores `/proc/cpuinfo` is the longest, and its flags stand at its beginning. */
const textBytesMax = 1_048_576

async function readText(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    return (await readFrom(file, textBytesMax)).toString('utf8').trimEnd()
  } finally {
    await file.close()
  }
}

/** Up to so many bytes from the beginning. */
async function readFrom(file: FileHandle, bytesMax: number): Promise<Buffer> {
  const bytes = Buffer.alloc(bytesMax)
  let length = 0
  while (length < bytesMax) {
    const { bytesRead } = await file.read(bytes, length, bytesMax - length, length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return bytes.subarray(0, length)
}

async function readHeader(path: string, device: string): Promise<LuksHeader | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const found = await file.stat()
    if (!found.isBlockDevice() || numberOf(found.rdev) !== device) return null
    const size = sizeOfHeader(await readFrom(file, headerBytesMin))
    return size === null ? null : readLuks(await readFrom(file, size))
  } finally {
    await file.close()
  }
}

const run = promisify(execFile)
/** It answers at once, or a file system hangs. */
const runMsMax = 10_000

async function readAttributes(path: string): Promise<string | null> {
  const options = { timeout: runMsMax, maxBuffer: 65_536, env: { PATH: process.env['PATH'] } }
  const { stdout } = await run('lsattr', ['-d', '--', path], options)
  return /^([A-Za-z-]{10,40}) /.exec(stdout)?.[1] ?? null
}
