import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { readLuks, sizeOfHeader } from './luks.ts'
import { crypt, luks1, luks2, luks2Area, uuid } from './testing-luks.ts'

const folder = mkdtempSync(join(tmpdir(), 'okite-luks-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** It lies in `sbin`, which is not in everybody's path. */
const environment = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` }
const skip =
  spawnSync('cryptsetup', ['--version'], { env: environment }).status === 0
    ? false
    : 'cryptsetup (Debian: cryptsetup-bin) is not installed'

/** The first 4 MiB of a container that cryptsetup has made in a file. */
function made(name: string, ...options: readonly string[]): Buffer {
  const path = join(folder, name)
  writeFileSync(path, '')
  truncateSync(path, 32 * 1024 * 1024)
  const quick = ['--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000', '--batch-mode']
  const run = spawnSync('cryptsetup', ['luksFormat', ...quick, ...options, path, '-'], {
    ...{ env: environment, input: 'a passphrase of a test', encoding: 'utf8' },
  })
  assert.equal(run.status, 0, run.stderr)
  return readFileSync(path).subarray(0, 4 * 1024 * 1024)
}

/** Other ciphers would need modules of the kernel. */
const kinds: readonly (readonly [readonly string[], 1 | 2, object])[] = [
  [['--type', 'luks2', '--key-size', '512'], 2, { algorithm: 'AES', keyBits: 256 }],
  [['--type', 'luks2', '--key-size', '256'], 2, { algorithm: 'AES', keyBits: 128 }],
  [['--type', 'luks1', '--key-size', '512'], 1, { algorithm: 'AES', keyBits: 256 }],
  [
    ['--type', 'luks1', '--cipher', 'aes-cbc-essiv:sha256', '--key-size', '256'],
    1,
    { algorithm: 'AES', keyBits: 256 },
  ],
]

for (const [nth, [options, version, cipher]] of kinds.entries()) {
  test(`the header that cryptsetup writes: ${options.join(' ')}`, { skip }, () => {
    // A key of XTS is two: 512 bits are AES-256.
    const read = readLuks(made(`kind-${nth}`, ...options))
    assert.ok(read !== null)
    assert.deepEqual({ version: read.version, cipher: read.cipher }, { version, cipher })
    assert.match(read.uuid, /^[0-9a-f-]{36}$/)
  })
}

test('a volume in the middle of a change, or with an authenticated mode, is encrypted in a hidden way', () => {
  const hidden = { algorithm: null, keyBits: null }
  const cipherOf = (...args: Parameters<typeof luks2Area>) =>
    readLuks(luks2(luks2Area(...args)))?.cipher
  assert.deepEqual(cipherOf(), { algorithm: 'AES', keyBits: 256 })
  assert.deepEqual(cipherOf({ 0: crypt, 1: { ...crypt, type: 'linear' } }), hidden)
  assert.deepEqual(cipherOf({ 0: crypt, 1: { ...crypt, encryption: 'aes-cbc-plain' } }), hidden)
  assert.deepEqual(cipherOf({ 0: { ...crypt, integrity: { type: 'hmac(sha256)' } } }), hidden)
  assert.deepEqual(cipherOf({}), hidden)
  assert.deepEqual(cipherOf({ 0: { ...crypt, encryption: 'capi:xts(aes)-plain64' } }), hidden)
  const adiantum = { ...crypt, encryption: 'xchacha20,aes-adiantum-plain64' }
  assert.deepEqual(cipherOf({ 0: adiantum }, 32), hidden)
  const serpent = { ...crypt, encryption: 'serpent-xts-plain64' }
  assert.deepEqual(cipherOf({ 0: serpent }), { algorithm: 'Serpent', keyBits: 256 })
  assert.equal(cipherOf({ 0: { ...crypt, encryption: 'cipher_null-ecb' } }, 32), null)
  assert.deepEqual(cipherOf({ 0: crypt }, 48), { algorithm: 'AES', keyBits: 192 })
  assert.deepEqual(cipherOf({ 0: crypt }, 40), hidden)
  // A key that opens another segment, or none, says nothing of this one.
  const { digests, ...rest } = luks2Area() as Record<string, any>
  const other = { ...rest, digests: { 1: digests[1] } }
  assert.deepEqual(readLuks(luks2(other))?.cipher, hidden)
})

test('M10 what a disk may bear instead of a header is none, and throws nothing', () => {
  assert.equal(readLuks(Buffer.alloc(0)), null)
  assert.equal(readLuks(Buffer.alloc(4_096)), null)
  assert.equal(readLuks(luks2().subarray(0, 16_383)), null)
  assert.equal(readLuks(luks2('{"segments":')), null)
  assert.equal(readLuks(luks2('[]')), null)
  assert.equal(readLuks(luks2('{"__proto__":{}}')), null)
  assert.equal(readLuks(luks2('['.repeat(11_000))), null)
  assert.deepEqual(readLuks(luks1('constructor', 'xts-plain64', 64))?.cipher, {
    ...{ algorithm: null, keyBits: null },
  })
  assert.equal(readLuks(luks1('a'.repeat(32), 'xts-plain64', 64)), null)
  const size = (bytes: bigint) => {
    const header = luks2()
    header.writeBigUInt64BE(bytes, 8)
    return sizeOfHeader(header)
  }
  assert.equal(size(16_384n), 16_384)
  for (const bytes of [0n, 4_096n, 16_385n, 8n * 1024n * 1024n, 2n ** 63n])
    assert.equal(size(bytes), null)
  fc.assert(
    fc.property(fc.nat(16_383), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const bytes = luks2()
      bytes[at] = bytes[at]! ^ change
      const read = readLuks(bytes)
      // Another uuid or cipher would fail its sum; only bytes after the sum's 32 are outside of it.
      assert.ok(read === null || read.uuid === uuid)
    }),
  )
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 4_096, maxLength: 5_000 }), more => {
      const bytes = Buffer.concat([luks1('aes', 'xts-plain64', 64).subarray(0, 8), more])
      readLuks(bytes)
    }),
  )
})
