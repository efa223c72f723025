import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { formatNote, openNote, readVkey } from './note.ts'
import { systemEntropy } from './random.ts'
import { openSecrets } from './secrets.ts'
import { openFileSigner } from './signer.ts'
import { nodeVerifier } from './verify-node.ts'

const folder = mkdtempSync(join(tmpdir(), 'okk-'))
after(() => rmSync(folder, { recursive: true, force: true }))
let count = 0
const path = () => join(folder, `file${++count}`)

test('K1 a signer is made once, for its owner alone, and signs what its vkey verifies', async () => {
  const file = path()
  const signer = openFileSigner(file, { host: 'okite.example' })
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.match(signer.name, /^okite\.example\/okite\/[0-9a-f]{16}$/)
  const again = openFileSigner(file, { host: 'elsewhere.example' })
  assert.deepEqual([again.name, again.vkey], [signer.name, signer.vkey])
  assert.notEqual(openFileSigner(path()).name, openFileSigner(path()).name)
  const text = 'a text\n'
  const note = formatNote(text, [{ ...signer, signature: await signer.sign(Buffer.from(text)) }])
  const key = await readVkey(signer.vkey, nodeVerifier)
  assert.equal((await openNote(note, [key], nodeVerifier)).text, text)
  assert.deepEqual(
    readdirSync(folder).filter(name => name.includes('.')),
    [],
  )
})

test('K1 no property of signer or secrets holds key bytes', () => {
  const file = path()
  const signer = openFileSigner(file)
  const seed = /\+([A-Za-z0-9+/=]+)\n$/.exec(readFileSync(file, 'utf8'))?.[1] as string
  assert.deepEqual(Object.keys(signer).sort(), ['keyId', 'name', 'sign', 'vkey'])
  assert.ok(!JSON.stringify(signer).includes(seed))
  const secretFile = path()
  const secrets = openSecrets(secretFile)
  const { fingerprint, ...doors } = secrets
  assert.match(fingerprint, /^[0-9a-f]{64}$/)
  for (const value of Object.values(doors)) assert.equal(typeof value, 'function')
  const words = readFileSync(secretFile, 'utf8').trim().split(/\s/)
  const keys = words.map(word => Buffer.from(word, 'base64').toString('hex'))
  assert.ok(!keys.includes(fingerprint), 'it is made from the keys and is none of them')
})

test('K2 looser rights, links, folders and foreign owners are refused', t => {
  for (const open of [openFileSigner, openSecrets]) {
    const refused = (file: string) => assert.throws(() => open(file), { code: 'LEDGER_KEY_RIGHTS' })
    const file = path()
    open(file)
    for (const mode of [0o640, 0o604, 0o620, 0o602, 0o660]) {
      chmodSync(file, mode)
      refused(file)
    }
    chmodSync(file, 0o600)
    open(file)
    const link = path()
    symlinkSync(file, link)
    refused(link)
    if (process.getuid?.() === 0) {
      chownSync(file, 1234, 1234)
      refused(file)
    } else t.diagnostic('only root can give a file away: the foreign owner is not tried')
  }
})

test('K2 a file of another form is refused, not repaired', () => {
  for (const text of ['', 'PRIVATE+KEY+a+00000000+AA==\n', 'ledger AA==\n', 'x'.repeat(5000)]) {
    for (const open of [openFileSigner, openSecrets]) {
      const file = path()
      writeFileSync(file, text, { mode: 0o600 })
      assert.throws(() => open(file), { code: /LEDGER_(KEY_FORM|BASE64)/ })
      assert.equal(readFileSync(file, 'utf8'), text)
    }
  }
})

test('K2 processes that start together end with one key', () => {
  const file = path()
  const script = `import { openFileSigner } from ${JSON.stringify(join(import.meta.dirname, 'signer.ts'))}
    console.log(openFileSigner(${JSON.stringify(file)}).vkey)`
  const command = `for i in 1 2 3 4; do "$0" --input-type=module-typescript -e "$1" & done; wait`
  const { stdout } = spawnSync('sh', ['-c', command, process.execPath, script], {
    encoding: 'utf8',
  })
  const vkeys = stdout.trim().split('\n')
  assert.equal(vkeys.length, 4)
  assert.deepEqual([...new Set(vkeys)], [openFileSigner(file).vkey])
})

test('K3 a sealed value opens under its person and context only', () => {
  const file = path()
  const secrets = openSecrets(file)
  const alice = { subject: 'alice', wrappedKey: secrets.newPersonKey('alice') }
  const bob = { subject: 'bob', wrappedKey: secrets.newPersonKey('bob') }
  const context = Buffer.from('commitment')
  const sealed = secrets.seal(alice, 'a value', context)
  assert.equal(openSecrets(file).open(alice, sealed, context), 'a value')
  assert.notDeepEqual(secrets.seal(alice, 'a value', context), sealed)
  const broken = { code: 'LEDGER_SEAL_BROKEN' }
  assert.throws(() => secrets.open(bob, sealed, context), broken)
  assert.throws(() => secrets.open(null, sealed, context), broken)
  assert.throws(() => secrets.open({ ...alice, subject: 'bob' }, sealed, context), broken)
  assert.throws(() => secrets.open(alice, sealed, Buffer.from('other')), broken)
  assert.throws(() => secrets.open(alice, sealed.subarray(1), context), broken)
  assert.throws(() => secrets.open(alice, sealed.subarray(0, 20), context), broken)
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] as number) ^ 1
    assert.throws(() => secrets.open(alice, changed, context), broken)
  }
  const text = secrets.seal(null, 'of nobody', context)
  assert.equal(secrets.open(null, text, context), 'of nobody')
})

test('L4 derived salts depend on every part and on the secret', () => {
  const secrets = openSecrets(path())
  const salts = [
    secrets.derive('salt', ['j', 1, 2, 'k', 0]),
    secrets.derive('slot', ['j', 1, 2, 'k', 0]),
    secrets.derive('salt', ['j', 1, 2, 'k', 1]),
    secrets.derive('salt', ['j', 12, 'k', 0]),
    secrets.derive('salt', ['j', '1', 2, 'k', 0]),
    openSecrets(path()).derive('salt', ['j', 1, 2, 'k', 0]),
  ]
  assert.equal(new Set(salts.map(salt => salt.toString('hex'))).size, salts.length)
  assert.deepEqual(secrets.derive('salt', ['j', 1, 2, 'k', 0]), salts[0])
  assert.notDeepEqual(secrets.lookup('a'), openSecrets(path()).lookup('a'))
})

test('L4 random salts never repeat and are not cleared afterwards', () => {
  const salts = Array.from({ length: 5000 }, (_, i) => systemEntropy.salt(i % 2 === 0 ? 16 : 32))
  assert.equal(new Set(salts.map(salt => salt.toString('hex'))).size, salts.length)
  assert.ok(salts.every(salt => salt.some(byte => byte !== 0)))
})
