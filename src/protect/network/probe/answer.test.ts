import { strict as assert } from 'node:assert'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseServerHello } from './answer.ts'
import { type Answer, Dialogue } from './dialogue.ts'
import type { Offer } from './hello.ts'
import { type Exchange, suites, suites13, type VersionId } from './names.ts'
import { answerBytesMax, createReader, handshakeBytesMax, type Said } from './record.ts'

/** What real servers answered; their greeting in the clear, as hexadecimal. */
const recorded: readonly Readonly<{
  name: string
  version: VersionId
  exchange: Exchange
  kind: string
  bytes: string
}>[] = JSON.parse(readFileSync(new URL('fixtures/answers.json', import.meta.url), 'utf8'))

const offerOf = (version: VersionId, exchange: Exchange = 'forward'): Offer => ({
  version,
  serverName: 'localhost',
  suites:
    version === 'tls13'
      ? suites13
      : suites
          .filter(suite => suite.exchange === exchange && (version === 'tls12' || !suite.since12))
          .slice(0, 64),
})

/** Where the session id stands in a ClientHello and in a ServerHello that follows its record header. */
const sessionIdAt = 5 + 4 + 2 + 32 + 1

/** A recorded answer echoes the session id of its own question: it is given ours. */
function answering(opening: Buffer, bytes: Buffer, version: VersionId): Buffer {
  const answer = Buffer.from(bytes)
  if (version !== 'tls13') return answer
  for (let at = 0; at + sessionIdAt + 32 <= answer.length; ) {
    if (answer[at] === 22 && answer[at + 5] === 2) {
      opening.copy(answer, at + sessionIdAt, sessionIdAt, sessionIdAt + 32)
    }
    at += 5 + answer.readUInt16BE(at + 3)
    if (at + 5 > answer.length) break
  }
  return answer
}

function hear(offer: Offer, bytes: (opening: Buffer) => Buffer, sizes: readonly number[] = []) {
  const dialogue = new Dialogue(offer)
  const answer = bytes(dialogue.opening)
  let result: Answer | null = null
  let at = 0
  for (let turn = 0; at < answer.length && result === null; turn += 1) {
    const size = sizes.length === 0 ? answer.length : (sizes[turn % sizes.length] as number)
    result = dialogue.hear(answer.subarray(at, at + size), () => {})
    at += size
  }
  return { result, dialogue }
}

test('P1 the ServerHello of RFC 8448 section 3 is read', () => {
  const hello = parseServerHello(
    Buffer.from(
      '0303a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e26928001301' +
        '00002e00330024001d0020c9828876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f' +
        '002b00020304',
      'hex',
    ),
  )
  assert.equal(hello.version, 0x0304)
  assert.equal(hello.suite, 0x1301)
  assert.equal(hello.group, 0x1d)
  assert.equal(hello.isRetry, false)
})

for (const { name, version, exchange, kind, bytes } of recorded) {
  test(`P1 a real answer is read, whole and byte by byte: ${name}`, () => {
    for (const sizes of [[], [1], [3, 7, 1]]) {
      const { result } = hear(
        offerOf(version, exchange),
        opening => answering(opening, Buffer.from(bytes, 'hex'), version),
        sizes,
      )
      assert.equal(result?.kind, kind)
    }
  })
}

const alert = (level: number, description: number) => Buffer.of(21, 3, 1, 0, 2, level, description)

test('P2 only an alert about the offer is a refusal', () => {
  const answers = (description: number, level = 2) =>
    hear(offerOf('tls12'), () => alert(level, description)).result
  for (const description of [40, 47, 70, 71, 109]) {
    assert.deepEqual(
      { kind: 'refused', needsSecond: false },
      (({ kind, needsSecond }: any) => ({ kind, needsSecond }))(answers(description)),
    )
  }
  for (const description of [10, 50, 80, 110]) {
    assert.equal((answers(description) as any).needsSecond, true)
  }
  for (const description of [0, 20, 49, 90, 112, 116, 120, 255]) {
    assert.equal(answers(description)?.kind, 'unknown')
  }
  assert.equal(answers(112, 1), null, 'a warning goes before the answer')
})

test('P2 an alert in two records is one alert', () => {
  const { result } = hear(offerOf('tls12'), () => Buffer.of(21, 3, 1, 0, 1, 2, 21, 3, 1, 0, 1, 70))
  assert.equal(result?.kind, 'refused')
})

test('P2 warnings without end are no answer', () => {
  const many = Buffer.concat(Array.from({ length: 5 }, () => alert(1, 112)))
  assert.equal(hear(offerOf('tls12'), () => many).result?.kind, 'unknown')
})

/** A ServerHello record written by hand. */
function serverHello(wire: number, suite: number, extensions = Buffer.alloc(0), random = 7) {
  const body = Buffer.concat([
    Buffer.of(wire >> 8, wire & 255),
    Buffer.alloc(32, random),
    Buffer.of(0, suite >> 8, suite & 255, 0),
    extensions,
  ])
  return record(Buffer.concat([Buffer.of(2, 0, 0, body.length), body]))
}

const record = (message: Buffer, type = 22): Buffer =>
  Buffer.concat([Buffer.of(type, 3, 3, message.length >> 8, message.length & 255), message])

const done = record(Buffer.of(14, 0, 0, 0))

test('P3 an older version in answer is a refusal, a newer one is no answer', () => {
  const asked = (version: VersionId, wire: number) =>
    hear(offerOf(version), () => serverHello(wire, 0xc013)).result
  assert.deepEqual(asked('tls12', 0x0301), {
    kind: 'refused',
    by: 'version301',
    ofVersion: true,
    needsSecond: false,
  })
  assert.equal(asked('tls10', 0x0303)?.kind, 'unknown')
  assert.equal(asked('tls13', 0x0303)?.kind, 'refused')
})

test('P3 SSL 3.0 is seen where it is accepted', () => {
  const { result } = hear(offerOf('ssl3', 'plain'), () =>
    Buffer.concat([serverHello(0x0300, 0x0005), done]),
  )
  assert.equal(result?.kind, 'accepted')
})

test('P3 a version counts as accepted only when the server has done all its part', () => {
  const offer = offerOf('tls10')
  assert.equal(hear(offer, () => serverHello(0x0301, 0xc013)).result, null)
  const failing = Buffer.concat([serverHello(0x0301, 0xc013), alert(2, 80)])
  assert.equal(hear(offer, () => failing).result?.kind, 'refused')
})

test('P3 forward secrecy without a fresh key of the server is no answer', () => {
  const offer = offerOf('tls12')
  const dhe = offer.suites.find(suite => suite.name.startsWith('TLS_DHE_RSA_'))
  for (const suite of [0xc02f, dhe?.code ?? 0]) {
    const bytes = Buffer.concat([serverHello(0x0303, suite), done])
    const { result } = hear(offer, () => bytes)
    assert.deepEqual(result, { kind: 'unknown', reason: 'answer.malformed', detail: null })
  }
})

test('P3 what was not offered cannot be selected', () => {
  const unknownOf = (offer: Offer, bytes: Buffer) => {
    const { result } = hear(offer, () => bytes)
    assert.deepEqual(result, { kind: 'unknown', reason: 'answer.malformed', detail: null })
  }
  unknownOf(offerOf('tls12'), serverHello(0x0303, 0x002f))
  unknownOf(
    offerOf('tls12'),
    Buffer.concat([serverHello(0x0303, 0xc02f), serverHello(0x0303, 0xc02f)]),
  )
  unknownOf(offerOf('tls12'), record(Buffer.of(14, 0, 0, 0)))
  // An extension twice, and bytes behind the last one.
  const twice = Buffer.from('000800170000' + '00170000', 'hex')
  unknownOf(offerOf('tls12'), serverHello(0x0303, 0xc02f, twice))
  unknownOf(offerOf('tls12'), serverHello(0x0303, 0xc02f, Buffer.from('0000ff', 'hex')))
})

test('P4 what is not TLS is named so at its first byte', () => {
  for (const text of ['HTTP/1.1 400 Bad Request\r\n', 'SSH-2.0-OpenSSH_9.2\r\n', '\x80\x03\x00']) {
    const { result } = hear(offerOf('tls13'), () => Buffer.from(text, 'latin1'))
    assert.deepEqual(result, { kind: 'unknown', reason: 'answer.not.tls', detail: null })
  }
})

test('P4 records, messages and answers have a limit, told before they are read', () => {
  const tooLarge = { kind: 'unknown', reason: 'answer.too.large', detail: null }
  const offer = offerOf('tls12')
  assert.deepEqual(hear(offer, () => Buffer.of(22, 3, 3, 0x48, 1)).result, tooLarge)
  assert.deepEqual(
    hear(offer, () => record(Buffer.of(11, 1, 0, 1))).result,
    tooLarge,
    `a message above ${handshakeBytesMax}`,
  )
  const chatter = Buffer.concat(Array.from({ length: 70 }, () => record(Buffer.of(4, 0, 0, 0))))
  const greeted = Buffer.concat([serverHello(0x0303, 0xc02f), chatter])
  assert.deepEqual(hear(offer, () => greeted).result, tooLarge)
  const changes = Buffer.alloc(answerBytesMax + 6, Buffer.of(20, 3, 3, 0, 1, 1))
  assert.deepEqual(hear(offer, () => changes).result, tooLarge)
  assert.equal(
    (hear(offer, () => Buffer.of(22, 3, 3, 0, 0)).result as any).reason,
    'answer.malformed',
  )
})

test('P4 10,000 mutated answers of real servers give a verdict or a reason, and never throw', () => {
  const mutation = fc.record({
    source: fc.nat(recorded.length - 1),
    edits: fc.array(
      fc.record({
        at: fc.nat(2_000),
        kind: fc.constantFrom('set', 'cut', 'insert', 'repeat'),
        byte: fc.integer({ min: 0, max: 255 }),
        count: fc.integer({ min: 1, max: 40 }),
      }),
      { maxLength: 6 },
    ),
    sizes: fc.array(fc.integer({ min: 1, max: 700 }), { maxLength: 4 }),
  })
  fc.assert(
    fc.property(mutation, ({ source, edits, sizes }) => {
      const { version, exchange, bytes } = recorded[source] as (typeof recorded)[number]
      const { result } = hear(
        offerOf(version, exchange),
        opening => {
          let answer = answering(opening, Buffer.from(bytes, 'hex'), version)
          for (const { at: place, kind, byte, count } of edits) {
            const at = place % (answer.length + 1)
            const head = answer.subarray(0, at)
            const tail = answer.subarray(at)
            if (kind === 'set' && at < answer.length) answer[at] = byte
            if (kind === 'cut') answer = Buffer.concat([head, tail.subarray(count)])
            if (kind === 'insert') answer = Buffer.concat([head, Buffer.alloc(count, byte), tail])
            if (kind === 'repeat') answer = Buffer.concat([head, tail.subarray(0, count), tail])
          }
          return answer
        },
        sizes,
      )
      assert(result === null || ['accepted', 'refused', 'unknown'].includes(result.kind))
    }),
    { numRuns: 10_000 },
  )
})

test('P4 10,000 random streams are read alike in whatever pieces they come, in bounded memory', () => {
  const stream = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map(bytes => Buffer.from(bytes)),
      fc
        .tuple(fc.constantFrom(20, 21, 22, 23), fc.uint8Array({ minLength: 1, maxLength: 60 }))
        .map(([type, bytes]) => record(Buffer.from(bytes), type)),
    ),
    { maxLength: 12 },
  )
  const readAll = (bytes: Buffer, size: number): Said[] => {
    const reader = createReader()
    const said: Said[] = []
    for (let at = 0; at < bytes.length; at += size) {
      said.push(...reader.push(bytes.subarray(at, at + size)))
      if (said.at(-1)?.kind === 'fault') break
    }
    return said
  }
  fc.assert(
    fc.property(stream, fc.integer({ min: 1, max: 50 }), (parts, size) => {
      const bytes = Buffer.concat(parts)
      assert.deepEqual(readAll(bytes, size), readAll(bytes, bytes.length || 1))
    }),
    { numRuns: 10_000 },
  )
})
