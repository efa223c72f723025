import { createHash } from 'node:crypto'
import { z } from 'zod'

/** How a volume is encrypted, as its header says. `algorithm: null`: in a way that is not known here. */
export type Cipher = Readonly<{ algorithm: string | null; keyBits: number | null }>

/** `cipher: null`: the header says that nothing is encrypted. */
export type LuksHeader = Readonly<{ version: 1 | 2; uuid: string; cipher: Cipher | null }>

/** The header and its JSON area together; the specification allows no more (LUKS2 3.1). */
export const headerBytesMax = 4 * 1024 * 1024
/** Of the binary header of version 2; that of version 1 is shorter (592 bytes). */
export const headerBytesMin = 4_096

const magic = Buffer.from('LUKS\xba\xbe', 'latin1')

/** How long the whole header is, which its first bytes say; null: there is none, or it is not sound. */
export function sizeOfHeader(begin: Buffer): number | null {
  if (begin.length < headerBytesMin || !begin.subarray(0, 6).equals(magic)) return null
  if (begin.readUInt16BE(6) === 1) return headerBytesMin
  if (begin.readUInt16BE(6) !== 2) return null
  const size = Number(begin.readBigUInt64BE(8))
  // Powers of two from 16 KiB on (LUKS2 3.1).
  return size >= 16_384 && size <= headerBytesMax && Number.isInteger(Math.log2(size)) ? size : null
}

/**
 * Reads the header of an encrypted volume: LUKS1 (On-Disk Format Specification 1.2.3, figure 1) or LUKS2
 * (On-Disk Format Specification 1.1.3). Whoever writes the disk writes what is read here, so nothing is
 * believed that is not of the form; the checksum of version 2 is against half-written headers only.
 *
 * @param bytes from the beginning of the device, as many as `sizeOfHeader` says
 * @returns null where it is no header, or none that is sound
 */
export function readLuks(bytes: Buffer): LuksHeader | null {
  const size = sizeOfHeader(bytes)
  if (size === null || bytes.length < size) return null
  const uuid = textAt(bytes, 168, 40)
  if (uuid === null || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid)) return null
  if (bytes.readUInt16BE(6) === 1) return readFirst(bytes, uuid)
  const cipher = readSecond(bytes.subarray(0, size))
  return cipher === undefined ? null : { version: 2, uuid, cipher }
}

function readFirst(bytes: Buffer, uuid: string): LuksHeader | null {
  const [name, mode] = [textAt(bytes, 8, 32), textAt(bytes, 40, 32)]
  if (name === null || mode === null) return null
  return { version: 1, uuid, cipher: cipherOf(`${name}-${mode}`, bytes.readUInt32BE(108)) }
}

/** Up to the first zero byte; null without one, or with what no name has. */
function textAt(bytes: Buffer, offset: number, length: number): string | null {
  const field = bytes.subarray(offset, offset + length)
  const end = field.indexOf(0)
  const text = end < 0 ? '' : field.toString('latin1', 0, end)
  return /^[\x21-\x7e]+$/.test(text) ? text : null
}

const id = z.string().regex(/^\d{1,3}$/)
const few = <T extends z.ZodType>(value: T) =>
  z.record(id, value).refine(all => Object.keys(all).length <= 64)

/** What is read of the JSON area; it may hold more. */
const area = z.object({
  keyslots: few(z.object({ key_size: z.int().positive().max(8_192) })),
  segments: few(
    z.object({
      type: z.string().max(64),
      encryption: z.string().max(128).optional(),
      integrity: z.unknown().optional(),
    }),
  ),
  digests: few(z.object({ keyslots: z.array(id).max(64), segments: z.array(id).max(64) })),
})

/** undefined: the header is not sound. */
function readSecond(bytes: Buffer): Cipher | null | undefined {
  const algorithm = textAt(bytes, 72, 32)
  if (algorithm !== 'sha256' && algorithm !== 'sha512') return undefined
  const hash = createHash(algorithm)
  hash.update(bytes.subarray(0, 448)).update(Buffer.alloc(64)).update(bytes.subarray(512))
  const sum = hash.digest()
  if (!bytes.subarray(448, 448 + sum.length).equals(sum)) return undefined
  const end = bytes.indexOf(0, headerBytesMin)
  let json: unknown
  try {
    json = JSON.parse(bytes.toString('utf8', headerBytesMin, end < 0 ? bytes.length : end))
  } catch {
    return undefined
  }
  const read = area.safeParse(json)
  if (!read.success) return undefined
  const { segments, keyslots, digests } = read.data
  const ciphers = Object.entries(segments).map(([segment, { type, encryption, integrity }]) => {
    // With an authenticated mode the key is not the cipher's alone.
    if (type !== 'crypt' || encryption === undefined || integrity !== undefined) return hidden
    const sizes = new Set(
      Object.values(digests)
        .filter(digest => digest.segments.includes(segment))
        .flatMap(digest => digest.keyslots.map(slot => keyslots[slot]?.key_size)),
    )
    const [size] = sizes
    return cipherOf(encryption, sizes.size === 1 && size !== undefined ? size : null)
  })
  const [first] = ciphers
  // A volume that is being encrypted, decrypted or encrypted anew has segments of several kinds.
  const isOne = ciphers.every(one => JSON.stringify(one) === JSON.stringify(first))
  return first !== undefined && isOne ? first : hidden
}

const hidden: Cipher = { algorithm: null, keyBits: null }

const algorithms: Readonly<Record<string, string>> = {
  ...{ aes: 'AES', serpent: 'Serpent', twofish: 'Twofish', camellia: 'Camellia' },
}

/**
 * @param specification as the kernel takes it, `aes-xts-plain64` (dm-crypt.rst)
 * @param keyBytes of the whole key, of which XTS has two (IEEE 1619): 64 bytes are AES-256
 */
function cipherOf(specification: string, keyBytes: number | null): Cipher | null {
  const [name = '', mode = ''] = specification.split('-')
  if (name === 'cipher_null') return null
  const algorithm = Object.hasOwn(algorithms, name) ? algorithms[name]! : null
  const keys = { xts: 2, cbc: 1 }[mode]
  if (algorithm === null || keys === undefined || keyBytes === null) return hidden
  const keyBits = (keyBytes * 8) / keys
  return [128, 192, 256].includes(keyBits) ? { algorithm, keyBits } : hidden
}
