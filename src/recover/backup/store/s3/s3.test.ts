import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { signed } from './sign.ts'
import { readXml, textOf } from './xml.ts'

// The examples of "Authenticating Requests: Using the Authorization Header" in Amazon's reference of the API.
const example = {
  region: 'us-east-1',
  credentials: {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    sessionToken: null,
  },
  nowMs: Date.parse('2013-05-24T00:00:00Z'),
}
const host = 'https://examplebucket.s3.amazonaws.com'

test('requests are signed as the reference of the API does it', () => {
  const signatureOf = (
    request: Pick<Parameters<typeof signed>[0], 'method' | 'url' | 'headers' | 'payload'>,
  ) => signed({ ...example, ...request })['authorization']?.split('Signature=')[1]
  const none = new Uint8Array()
  assert.equal(
    signatureOf({
      ...{ method: 'GET', url: new URL(`${host}/test.txt`), payload: none },
      headers: { range: 'bytes=0-9' },
    }),
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  )
  assert.equal(
    signatureOf({
      ...{ method: 'PUT', url: new URL(`${host}/test%24file.text`) },
      headers: {
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      },
      payload: Buffer.from('Welcome to Amazon S3.'),
    }),
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  )
  assert.equal(
    signatureOf({
      ...{ method: 'GET', url: new URL(`${host}/?lifecycle=`), headers: {}, payload: none },
    }),
    'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  )
  assert.equal(
    signatureOf({
      ...{
        method: 'GET',
        url: new URL(`${host}/?max-keys=2&prefix=J`),
        headers: {},
        payload: none,
      },
    }),
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  )
})

test('of answers only what S3 says is read, and what is anything else is no answer', () => {
  const text =
    '<?xml version="1.0" encoding="UTF-8"?>\n<A xmlns="http://x/"><B>1 &lt; 2 &amp;&#x41;&#66;</B><C/><B>3</B></A>\n'
  const root = readXml(text)
  assert(root !== null)
  assert.equal(textOf(root, 'B'), '1 < 2 &AB')
  assert.equal(textOf(root, 'C'), '')
  assert.equal(textOf(root, 'D'), null)
  for (const bad of [
    '',
    'text',
    '<A>',
    '<A></B>',
    '<A/><B/>',
    '<A/>text',
    '</A>',
    '<A><![CDATA[x]]></A>',
    '<A><!-- x --></A>',
    '<!DOCTYPE A [<!ENTITY x "y">]><A>&x;</A>',
    '<A>&x;</A>',
    '<A>&</A>',
    '<A>&#xFFFFFFF;</A>',
    '<A>&#1114112;</A>',
    '<A><?xml version="1.0"?></A>',
    `${'<A>'.repeat(20)}${'</A>'.repeat(20)}`,
    `<A>${'<B/>'.repeat(50_000)}</A>`,
  ])
    assert.equal(readXml(bad), null, bad.slice(0, 40))
  // Whatever is cut off or changed is read in no other way than as it stands, and soon.
  fc.assert(fc.property(fc.nat(text.length - 3), length => readXml(text.slice(0, length)) === null))
  fc.assert(
    fc.property(fc.string({ maxLength: 200, unit: 'binary' }), other => {
      const read = readXml(`<A><B>${other}</B></A>`)
      // Only what could have been markup is read as anything but itself.
      if (!/[<&]/.test(other)) assert.equal(read && textOf(read, 'B'), other)
    }),
  )
})
