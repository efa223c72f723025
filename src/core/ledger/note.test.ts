import assert from 'node:assert/strict'
import { generateKeyPairSync, sign } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { OkiteError } from '../error.ts'
import { fromBase64 } from './bytes.ts'
import { formatCheckpoint, openCheckpoint, parseCheckpoint } from './checkpoint.ts'
import {
  formatNote,
  formatVkey,
  keyIdFrom,
  keyIdInput,
  type NoteKey,
  openNote,
  parseNote,
  readVkey,
} from './note.ts'
import { noVectors, vectors } from './testing.ts'
import { sha256 } from './tree.ts'
import { nodeVerifier } from './verify-node.ts'
import { webVerifier } from './verify-web.ts'

const example = {
  vkey: 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
  note:
    'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ON' +
    'ncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n',
}

function makeKey(name: string): NoteKey & { sign(text: string): Uint8Array } {
  const pair = generateKeyPairSync('ed25519')
  const key = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  const keyId = keyIdFrom(sha256(keyIdInput(name, key)))
  return { name, key, keyId, sign: text => sign(null, Buffer.from(text), pair.privateKey) }
}

const ours = makeKey('okite.example/okite/0123')
const stranger = makeKey('stranger.example')
const text = formatCheckpoint(ours.name, 1234, sha256(Buffer.from('root')))
const signatureOf = (key: ReturnType<typeof makeKey>, over = text) => ({
  name: key.name,
  keyId: key.keyId,
  signature: key.sign(over),
})
const note = formatNote(text, [signatureOf(ours)])
const log = { origin: ours.name, keys: [ours] }

test('N1 the example of the signed-note specification verifies, in Node and with WebCrypto', async t => {
  const folder = vectors('c2sp')
  if (folder === null) t.diagnostic(noVectors)
  else {
    const page = readFileSync(join(folder, 'signed-note.md'), 'utf8')
    assert.ok(page.includes(example.vkey) && page.includes(example.note))
  }
  for (const verifier of [nodeVerifier, webVerifier]) {
    const key = await readVkey(example.vkey, verifier)
    assert.equal(formatVkey(key), example.vkey)
    const { text } = await openNote(example.note, [key], verifier)
    assert.equal(text, 'This is an example message.\n')
    await assert.rejects(openNote(example.note.replace('This', 'That'), [key], verifier), {
      code: 'LEDGER_NOTE_FORGED',
    })
  }
})

test('N1 every checkpoint of a real log opens with its key', async t => {
  const folder = vectors('tessera/testdata')
  if (folder === null) return t.skip(noVectors)
  const script = readFileSync(join(folder, 'build_log.sh'), 'utf8')
  const vkey = /LOG_PUBLIC_KEY="([^"]+)"/.exec(script)?.[1] as string
  const key = await readVkey(vkey, nodeVerifier)
  const names = readdirSync(join(folder, 'log')).filter(name => name.startsWith('checkpoint'))
  assert.ok(names.length >= 16)
  for (const name of names) {
    const bytes = readFileSync(join(folder, 'log', name))
    const opened = await openCheckpoint(bytes, { origin: key.name, keys: [key] }, nodeVerifier)
    if (name.includes('.')) assert.equal(opened.size, Number(name.split('.')[1]))
  }
})

test('N2 unknown signatures are ignored, among them post-quantum ones; none known is refused', async () => {
  const longOne = { name: 'pq.example', keyId: 7, signature: new Uint8Array(2420) }
  const many = formatNote(text, [
    ...Array.from({ length: 14 }, () => longOne),
    signatureOf(stranger),
    signatureOf(ours),
  ])
  const opened = await openNote(many, [ours], nodeVerifier)
  assert.deepEqual(opened.by, [ours])
  const both = await openNote(many, [ours, stranger], nodeVerifier)
  assert.equal(both.by.length, 2)
  await assert.rejects(openNote(note, [stranger], nodeVerifier), { code: 'LEDGER_NOTE_UNSIGNED' })
  const renamed = { ...stranger, name: ours.name }
  await assert.rejects(openNote(note, [renamed], nodeVerifier), { code: 'LEDGER_NOTE_UNSIGNED' })
})

test('N3 one bad signature of a known key condemns the note', async () => {
  const bad = formatNote(text, [signatureOf(ours), signatureOf(stranger, 'other text\n')])
  await assert.rejects(openNote(bad, [ours, stranger], nodeVerifier), {
    code: 'LEDGER_NOTE_FORGED',
  })
  const short = formatNote(text, [{ ...signatureOf(ours), signature: new Uint8Array(63) }])
  await assert.rejects(openNote(short, [ours], nodeVerifier), { code: 'LEDGER_NOTE_FORGED' })
})

test('N1 the form is strict', async () => {
  const line = note.slice(text.length + 1)
  for (const bad of [
    '',
    text,
    `${text}\n`,
    note.slice(0, -1),
    note.replace('— ', '- '),
    note.replace('— ', '—  '),
    note.replace(ours.name, `a+b`).replace('\n\n— a+b', '\n\n— a+b'),
    `${text}\r\n${line}`,
    `${text}\u0000\n${line}`,
    `${text}\ud800\n\n${line}`,
    text + '\n' + line.repeat(33),
    'x'.repeat(300_000),
  ]) {
    await assert.rejects(openNote(bad, [ours], nodeVerifier), OkiteError)
  }
  await assert.rejects(openNote(Buffer.from([0xff, 0x0a, 0x0a]), [ours], nodeVerifier), {
    code: 'LEDGER_UTF8',
  })
  for (const bad of [
    example.vkey.replace('530d903a', '530d903b'),
    example.vkey.replace('530d903a', '530D903A'),
    example.vkey.replace('+Ae', '+Be'),
    example.vkey.replace('example.com/foo', 'example.com/ foo'),
    `${example.vkey}=`,
    example.vkey.slice(0, -4),
  ]) {
    await assert.rejects(readVkey(bad, nodeVerifier), OkiteError, bad)
  }
})

test('N4 a checkpoint is an origin, a size and a root', () => {
  const [origin, size, root] = text.split('\n') as [string, string, string]
  assert.deepEqual(parseCheckpoint(text).size, 1234)
  assert.deepEqual(parseCheckpoint(`${text}more\n`).extensions, ['more'])
  for (const bad of [
    `${origin}\n${size}\n${root}`,
    `${origin}\n${size}\n`,
    `${origin}\n0${size}\n${root}\n`,
    `${origin}\n+1\n${root}\n`,
    `${origin}\n9007199254740992\n${root}\n`,
    `${origin}\n${size}\n${root.slice(4)}\n`,
    `\n${size}\n${root}\n`,
    `${text}\n`,
  ]) {
    assert.throws(() => parseCheckpoint(bad), OkiteError, bad)
  }
})

test('N4 the checkpoint of another origin is refused, though its key is trusted', async () => {
  const other = formatCheckpoint('elsewhere.example', 1, sha256(Buffer.alloc(0)))
  const signed = formatNote(other, [signatureOf(ours, other)])
  await assert.rejects(openCheckpoint(signed, log, nodeVerifier), { code: 'LEDGER_ORIGIN' })
})

test('L8 no single changed byte of a checkpoint is accepted', async () => {
  const bytes = Buffer.from(note)
  let tried = 0
  for (let at = 0; at < bytes.length; at++) {
    const was = bytes[at] as number
    for (let byte = 0; byte < 256; byte++) {
      if (byte === was) continue
      bytes[at] = byte
      tried++
      await assert.rejects(openCheckpoint(bytes, log, nodeVerifier), OkiteError)
    }
    bytes[at] = was
  }
  assert.equal(tried, bytes.length * 255)
  assert.equal((await openCheckpoint(bytes, log, nodeVerifier)).size, 1234)
})

test('L8 base64 has one spelling', () => {
  for (const bad of ['QQ', 'QR==', 'QQ==\n', ' QQ==', 'QQ=', 'Q_==', 'QQ==QQ==', '=']) {
    assert.throws(() => fromBase64(bad), { code: 'LEDGER_BASE64' }, bad)
  }
  for (const bad of ['QQ==', 'QR', 'Q+', 'QQ ', 'Q']) {
    assert.throws(() => fromBase64(bad, 'base64url'), { code: 'LEDGER_BASE64' }, bad)
  }
  fc.assert(
    fc.property(fc.uint8Array(), fc.string(), (bytes, noise) => {
      for (const alphabet of ['base64', 'base64url'] as const) {
        const text = Buffer.from(bytes).toString(alphabet)
        assert.deepEqual(Buffer.from(fromBase64(text, alphabet)), Buffer.from(bytes))
        try {
          const read = fromBase64(noise, alphabet)
          assert.equal(Buffer.from(read).toString(alphabet), noise)
        } catch (error) {
          assert.ok(error instanceof OkiteError)
        }
      }
    }),
    { numRuns: 10_000 },
  )
})

test('N1 mutated notes and checkpoints are refused with a code, never with a crash', async () => {
  const bytes = Buffer.from(note)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      fc.nat(4),
      async (changes, cut) => {
        const changed = Buffer.from(bytes.subarray(0, bytes.length - cut))
        for (const [at, byte] of changes) changed[at % changed.length] = byte
        try {
          const opened = await openNote(changed, [ours], nodeVerifier)
          assert.equal(opened.text, text)
        } catch (error) {
          assert.ok(error instanceof OkiteError, String(error))
        }
      },
    ),
    { numRuns: 10_000 },
  )
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.nat(4), fc.string({ maxLength: 4 }), (at, cut, put) => {
      const changed = text.slice(0, at) + put + text.slice(at + cut)
      try {
        const { origin, size, root, extensions } = parseCheckpoint(changed)
        const lines = extensions.map(line => `${line}\n`).join('')
        assert.equal(formatCheckpoint(origin, size, root) + lines, changed, 'one spelling each')
      } catch (error) {
        assert.ok(error instanceof OkiteError, String(error))
      }
    }),
    { numRuns: 10_000 },
  )
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (a, b) => {
      for (const noise of [a, `${a}\n\n${b}\n`, `${a}\n\n— ${b}\n`]) {
        for (const parse of [parseNote, parseCheckpoint]) {
          try {
            parse(noise)
          } catch (error) {
            assert.ok(error instanceof OkiteError)
          }
        }
      }
    }),
    { numRuns: 10_000 },
  )
})

test('N1 the 1,024 vectors of the authors of Ed25519', async t => {
  const folder = vectors('ed25519/test/vectors/ed25519')
  if (folder === null) return t.skip(noVectors)
  const lines = readFileSync(join(folder, 'vectors.txt'), 'utf8').trim().split('\n')
  assert.equal(lines.length, 1024)
  for (const line of lines) {
    const [, key, message, signed] = line.split(':').map(field => Buffer.from(field, 'hex'))
    const signature = (signed as Buffer).subarray(0, 64)
    assert.ok(nodeVerifier.ed25519(key as Buffer, message as Buffer, signature))
    signature[5] = (signature[5] as number) ^ 1
    assert.ok(!nodeVerifier.ed25519(key as Buffer, message as Buffer, signature))
  }
  const legacy: { vk_bytes: string; sig_bytes: string; valid_legacy: boolean }[] = JSON.parse(
    readFileSync(join(folder, 'zip215.json'), 'utf8'),
  )
  for (const given of legacy) {
    const [key, signature] = [given.vk_bytes, given.sig_bytes].map(hex => Buffer.from(hex, 'hex'))
    const verified = nodeVerifier.ed25519(key as Buffer, Buffer.from('Zcash'), signature as Buffer)
    // RFC 8032 strictly: points of small order and unreduced encodings prove nothing.
    if (!given.valid_legacy) assert.ok(!verified, given.vk_bytes)
  }
})
