import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { keyFromSheets, shareKey } from './shares.ts'
import { type Form, fromPaper, keyToText, toPaper, withCheck } from './store/key-text.ts'

const key = randomBytes(32)
const form: Form = { label: 'okite/backup/share/v1', bytes: 41, checkBytes: 4 }
const sheetOf = (text: string): string => {
  const groups = text.split('-')
  return `SHEET of ours\n\n    ${groups.slice(0, 9).join('-')}-\n    ${groups.slice(9).join('-')}\n\nkeep it\n`
}

/** In GF(2^8) with x^8 + x^4 + x^3 + x + 1 (FIPS 197, 4.2), bit by bit: nothing of the library's is used. */
function times(a: number, b: number): number {
  let [left, right, product] = [a, b, 0]
  for (; right > 0; right >>= 1) {
    if (right & 1) product ^= left
    left = left & 0x80 ? ((left << 1) ^ 0x11b) & 0xff : left << 1
  }
  return product
}

test('any two of three sheets bring the key back, in any order, and all three do', async () => {
  const { texts } = await shareKey(key)
  for (const [one, two] of [
    [0, 1],
    [1, 0],
    [0, 2],
    [2, 1],
  ] as const)
    assert.deepEqual(await keyFromSheets([sheetOf(texts[one]!), texts[two]!]), key)
  assert.deepEqual(await keyFromSheets(texts), key)
  assert.deepEqual(await keyFromSheets([keyToText(key)]), key)
  assert.deepEqual(await keyFromSheets([sheetOf(keyToText(key)).toLowerCase()]), key)
})

test('parts lie on a line in the field of AES, and what a line hits at 0 is the key with its check', async () => {
  // FIPS 197, 4.2: {57} • {83} = {c1}; 4.2.1: {57} • {13} = {fe}.
  assert.deepEqual([times(0x57, 0x83), times(0x57, 0x13)], [0xc1, 0xfe])
  const { texts } = await shareKey(key)
  const points = texts.map(text => fromPaper(form, text).subarray(5))
  const secret = withCheck({ label: 'okite/backup/paper/v1', bytes: 32, checkBytes: 3 }, key)
  const inverse = (a: number) => {
    for (let b = 1; b < 256; b++) if (times(a, b) === 1) return b
    return 0
  }
  const slope = (one: Buffer, nth: number) => times(one[nth]! ^ secret[nth]!, inverse(one.at(-1)!))
  for (let nth = 0; nth < secret.length; nth++)
    assert.equal(new Set(points.map(point => slope(point, nth))).size, 1, `byte ${nth}`)
})

test('one part fits every key: whatever the secret were, there is a second part that leads to it', async () => {
  const { texts } = await shareKey(key)
  const one = fromPaper(form, texts[0]!)
  const other = randomBytes(32)
  const secret = withCheck({ label: 'okite/backup/paper/v1', bytes: 32, checkBytes: 3 }, other)
  const x = one.at(-1)!
  const at = x === 1 ? 2 : 1
  const inverse = [...Array(256).keys()].find(b => times(x, b) === 1)!
  const line = [...secret].map(
    (byte, nth) => byte ^ times(times(one[5 + nth]! ^ byte, inverse), at),
  )
  const two = Buffer.concat([one.subarray(0, 4), Buffer.of(2), Buffer.from(line), Buffer.of(at)])
  assert.deepEqual(await keyFromSheets([texts[0]!, toPaper(form, two)]), other)
})

test('what does not belong together, is damaged or is not enough is refused by its code', async () => {
  const [first, second] = [(await shareKey(key)).texts, (await shareKey(key)).texts]
  const refused = (sheets: readonly string[], code: string) =>
    assert.rejects(keyFromSheets(sheets), { code })
  await refused([first[0]!], 'BACKUP_SHARES_FEW')
  await refused([first[0]!, second[1]!], 'BACKUP_SHARES_MIXED')
  await refused([first[0]!, sheetOf(first[0]!)], 'BACKUP_SHARES_MIXED')
  await refused([first[0]!, keyToText(key)], 'BACKUP_SHARES_MIXED')
  await refused([keyToText(key), keyToText(key)], 'BACKUP_SHARES_MIXED')
  await refused([first[0]!.slice(5), first[1]!], 'BACKUP_SHARES_MIXED')
  await refused([first[0]!.slice(5)], 'BACKUP_KEY_FORM')
  // One letter is another.
  await fc.assert(
    fc.asyncProperty(
      fc.nat(71),
      fc.constantFrom(...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'.split('')),
      async (nth, letter) => {
        const at = nth + Math.floor(nth / 4)
        const text = first[0]!
        if (text[at] === letter) return
        const wrong = text.slice(0, at) + letter + text.slice(at + 1)
        await refused([wrong, first[1]!], 'BACKUP_KEY_FORM')
      },
    ),
  )
  // A part that checks and lies on no line with the others.
  const forged = fromPaper(form, first[1]!)
  forged[20]! ^= 1
  await refused([first[0]!, toPaper(form, forged)], 'BACKUP_KEY_FORM')
})
