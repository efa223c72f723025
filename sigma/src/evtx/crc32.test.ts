import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { crc32 } from './crc32.ts'

const viewOf = (text: string) => new DataView(new TextEncoder().encode(text).buffer)

test('the sum is the one of gzip', () => {
  // The check value of the catalogue of parametrised CRC algorithms, CRC-32/ISO-HDLC.
  assert.equal(crc32(viewOf('123456789'), 0, 9), 0xcbf43926)
  assert.equal(crc32(viewOf(''), 0, 0), 0)
})

test('a sum goes on where another ended', () => {
  const view = viewOf('123456789')
  for (let nth = 0; nth <= 9; nth++)
    assert.equal(crc32(view, nth, 9, crc32(view, 0, nth)), 0xcbf43926, `after ${nth} bytes`)
})
