import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { OkiteError } from '../error.ts'
import { createPasswords, requireGoodPassword } from './password.ts'
import { newRecoveryCodes, readRecoveryCode } from './recovery.ts'
import { newTotpSecret, totpStep } from './totp.ts'

const faultOf = async (password: string, personal: string[] = [], folder: string | null = null) => {
  try {
    await requireGoodPassword(password, personal, folder)
    return null
  } catch (error) {
    assert.ok(error instanceof OkiteError)
    return error.data['why'] ?? error.code
  }
}

test('ASVS V6.2 what a new password must be, in three languages', async () => {
  const wanted: Readonly<Record<string, string | null>> = {
    'Kumo-to-Ringo-77-hashiru': null,
    雲とりんごが77回はしるRun: null,
    'Ab1-Ab1-Ab1': 'short',
    [`Aa1-${'x9Q.'.repeat(64)}`]: 'long',
    kumotoringohashiru: 'unmixed',
    'Password1234!': 'guessable',
    'Qwertyuiop12!': 'guessable',
    'Woaini5201314!': 'guessable',
    'Wodemima12345!': 'guessable',
    'Watashiwa1234!': 'guessable',
    'Aaaaaaaaaa11!!': 'guessable',
    'Security2026!!': 'guessable',
  }
  for (const [password, fault] of Object.entries(wanted)) {
    assert.equal(await faultOf(password), fault, password)
  }
})

test('ASVS V6.2.11 words of the person and the organisation are no passwords', async () => {
  const personal = ['佐藤 花子', 'Hanako.Sato@example.jp', 'Yamabiko']
  for (const password of [
    'kumo-HANAKO-77-ringo',
    'kumo-花子-Ringo-77-x',
    'kumo-ＹＡＭＡＢＩＫＯ-77-x',
    'kumo-yamabiko-77-Ringo',
  ]) {
    assert.equal(await faultOf(password, personal), 'personal', password)
  }
  assert.equal(await faultOf('Kumo-to-Ringo-77-hashiru', personal), null)
})

test('ASVS V6.2.12 a password of the breach files is refused; a file that cannot be read refuses too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'okite-breach-'))
  const leaked = 'Kumo-to-Ringo-77-hashiru'
  const hash = createHash('sha1').update(leaked).digest('hex').toUpperCase()
  const path = join(folder, hash.slice(0, 5))
  writeFileSync(path, `${'0'.repeat(35)}:3\r\n${hash.slice(5)}:12\r\n`)
  assert.equal(await faultOf(leaked, [], folder), 'breached')
  assert.equal(
    await faultOf('Tsuki-to-Kaeru-31-oyogu', [], folder),
    null,
    'no file: nothing is known',
  )
  writeFileSync(path, `${hash.slice(5)}:0\r\n`)
  assert.equal(await faultOf(leaked, [], folder), null, 'a padded line says nothing')
  writeFileSync(path, 'x'.repeat(300_000))
  assert.equal(await faultOf(leaked, [], folder), 'ACCOUNT_BREACH_FILE')
  rmSync(folder, { recursive: true })
})

test('ASVS V6.2.8 what is verified is what was typed: nothing is cut, trimmed or folded but to NFC', async () => {
  const passwords = createPasswords(randomBytes(32))
  const long = `${'あ'.repeat(200)}-1A`
  const hash = await passwords.hash(long)
  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  assert.notEqual(await passwords.hash(long), hash, 'salted')
  assert.equal(await passwords.verify(long, hash), true)
  for (const other of [`${long}x`, long.slice(0, -1), ` ${long}`, long.toLowerCase()]) {
    assert.equal(await passwords.verify(other, hash), false, other.slice(-6))
  }
  const composed = await passwords.hash('がぎぐ-café-1A')
  assert.equal(await passwords.verify('がぎぐ-café-1A'.normalize('NFD'), composed), true)
  assert.equal(await createPasswords(randomBytes(32)).verify(long, hash), false, 'another pepper')
  assert.equal(await passwords.verify(long, null), false)
  await assert.rejects(passwords.verify(long, '$argon2id$v=19$m=1,t=1,p=1$YQ$YQ'), {
    code: 'ACCOUNT_HASH',
  })
})

test('ASVS V6.5 codes: this step and the one before; recovery codes of 120 bits, read as people type', () => {
  const secret = newTotpSecret()
  assert.match(secret, /^[A-Z2-7]{32}$/)
  const nowMs = Date.parse('2026-11-26T03:00:10.000Z')
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), text => {
      const step = totpStep(secret, text, nowMs)
      return step === null || Math.abs(step - Math.floor(nowMs / 30_000)) <= 1
    }),
  )
  for (const wrong of ['', '12345', '1234567', '12345a', '-12345', '1e5000']) {
    assert.equal(totpStep(secret, wrong, nowMs), null)
  }
  const codes = newRecoveryCodes()
  assert.equal(new Set(codes).size, 8)
  for (const code of codes) {
    assert.match(code, /^([0-9A-Z]{6}-){3}[0-9A-Z]{6}$/)
    const typed = ` ${code.toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l').replaceAll('-', ' ')}`
    assert.equal(readRecoveryCode(typed), readRecoveryCode(code))
  }
  assert.equal(readRecoveryCode('not a code'), null)
})
