import { createHash } from 'node:crypto'

export const uuid = '5a6062d7-502f-4a63-911b-85d062ad601a'

/** The JSON area that cryptsetup 2.6 writes for `luksFormat`, with what a test changes. */
export const luks2Area = (
  segments: Readonly<Record<string, object>> = { 0: crypt },
  keyBytes = 64,
): object => ({
  keyslots: {
    0: {
      ...{ type: 'luks2', key_size: keyBytes, kdf: { type: 'argon2id', salt: 'AAAA' } },
      area: { type: 'raw', offset: '32768', size: '258048', encryption: 'aes-xts-plain64' },
    },
    // It opens no segment: cryptsetup calls it unbound.
    1: { type: 'luks2', key_size: 32 },
  },
  tokens: {},
  segments,
  digests: {
    0: { type: 'pbkdf2', keyslots: ['0'], segments: Object.keys(segments), hash: 'sha256' },
    1: { type: 'pbkdf2', keyslots: ['1'], segments: [], hash: 'sha256' },
  },
  config: { json_size: '12288', keyslots_size: '16744448' },
})

export const crypt = {
  ...{ type: 'crypt', offset: '16777216', size: 'dynamic', iv_tweak: '0' },
  ...{ encryption: 'aes-xts-plain64', sector_size: 4096 },
}

/** A header of version 2 around an area, as the specification has it. */
export function luks2(area: object | string = luks2Area(), sizeBytes = 16_384): Buffer {
  const bytes = Buffer.alloc(sizeBytes)
  bytes.write('LUKS\xba\xbe\0\x02', 0, 'latin1')
  bytes.writeBigUInt64BE(BigInt(sizeBytes), 8)
  bytes.write('sha256', 72)
  bytes.write(uuid, 168)
  bytes.write(typeof area === 'string' ? area : JSON.stringify(area), 4_096)
  createHash('sha256').update(bytes).digest().copy(bytes, 448)
  return bytes
}

/** A header of version 1. */
export function luks1(name: string, mode: string, keyBytes: number): Buffer {
  const bytes = Buffer.alloc(4_096)
  bytes.write('LUKS\xba\xbe\0\x01', 0, 'latin1')
  bytes.write(name, 8)
  bytes.write(mode, 40)
  bytes.write('sha256', 72)
  bytes.writeUInt32BE(keyBytes, 108)
  bytes.write(uuid, 168)
  return bytes
}
