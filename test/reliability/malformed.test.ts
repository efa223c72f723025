import { strict as assert } from 'node:assert'
import { mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { OkiteError } from '../../src/core/error.ts'
import { openCheckpoint } from '../../src/core/ledger/checkpoint.ts'
import { decodeLeaf } from '../../src/core/ledger/leaf.ts'
import { parseProof } from '../../src/core/ledger/proof.ts'
import { publish } from '../../src/core/ledger/publish.ts'
import { openTestLedger, startTestServer, type TestServer } from '../../src/core/ledger/testing.ts'
import { grow } from '../../src/core/ledger/testing-published.ts'
import { decodeBundle, parseTilePath } from '../../src/core/ledger/tile.ts'
import { nodeVerifier } from '../../src/core/ledger/verify-node.ts'
import { readYaml } from '../../src/core/policy/yaml.ts'
import { readCsv } from '../../src/core/register/csv.ts'
import { decodeText, recogniseEncoding } from '../../src/core/register/encoding.ts'
import { readObjects } from '../../src/core/register/json-rows.ts'
import { readArguments } from '../../src/core/run/arguments.ts'
import { fault } from './fault.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.stop())

/** What takes bytes from outside, and something that it takes. */
type Parser = Readonly<{ name: string; good: Buffer; parse(bytes: Buffer): unknown }>

async function parsers(): Promise<readonly Parser[]> {
  const opened = await openTestLedger(server)
  const { ledger, pool, trusted } = opened
  await grow(opened, 20)
  const folder = mkdtempSync(join(server.folder, 'tiles-'))
  await publish(pool, folder, trusted)
  const bundle = readFileSync(join(folder, 'tile/entries/000.p/20'))
  const leaf = Buffer.from(await ledger.leaf(7))
  const proof = Buffer.from(await ledger.prove(7))
  const note = Buffer.from(await ledger.checkpoint())
  await ledger.close()
  const csv = 'number,name,mail\r\n17,"Lin, 美玲",lin@okite.example\r\n18,"a ""b""",\r\n'
  const table = (bytes: Buffer) => {
    const text = decodeText(
      bytes,
      recogniseEncoding(bytes, null, line => line.startsWith('number')),
    )
    return [...readCsv(text, ',')]
  }
  const json = '[{"number":"17","name":"Lin 美玲","tags":"a"},{"number":18,"name":null}]\n'
  const yaml = 'id: one\nof:\n  - {a: 1, b: [x, "y"]}\n  - text: >-\n      two\n      lines\n'
  const words = 'restore\0--from\0/a b\0--data\0/c\0--lang\0ja\0--\0x'
  return [
    { name: 'leaf', good: leaf, parse: bytes => decodeLeaf(bytes) },
    {
      name: 'checkpoint',
      good: note,
      parse: bytes => openCheckpoint(bytes, trusted, nodeVerifier),
    },
    { name: 'proof', good: proof, parse: bytes => parseProof(bytes) },
    { name: 'bundle', good: bundle, parse: bytes => decodeBundle(bytes, 20) },
    {
      name: 'tile path',
      good: Buffer.from('tile/0/x001/067.p/8'),
      parse: bytes => parseTilePath(bytes.toString()),
    },
    { name: 'CSV', good: Buffer.from(csv), parse: table },
    {
      name: 'JSON rows',
      good: Buffer.from(json),
      parse: bytes => [...readObjects([bytes.toString()])],
    },
    { name: 'YAML', good: Buffer.from(yaml), parse: bytes => readYaml('pack.yaml', bytes).value },
    {
      name: 'arguments',
      good: Buffer.from(words),
      parse: bytes => readArguments(bytes.toString().split('\0')),
    },
  ]
}

/** What has brought parsers down before. */
const hostile = [
  ...[
    '\0',
    '\r',
    '\n',
    '"',
    "'",
    '\\',
    '\ufeff',
    '\u202e',
    '\u2028',
    '--',
    '..',
    '/',
    '{',
    '[',
    '&a ',
    '*a ',
  ],
  ...[
    '__proto__',
    'constructor',
    '1e999',
    '-0',
    '9007199254740993',
    'NaN',
    '\ud800',
    '!!js/function ',
    '<<: ',
  ],
  ...[
    '{"a":'.repeat(2_000),
    '['.repeat(5_000),
    '9'.repeat(400),
    'A'.repeat(5_000),
    '=cmd|x!A1',
    ',,,,,,',
    '""""',
  ],
].map(text => Buffer.from(text))

function mutate(good: Buffer, random: (below: number) => number): Buffer {
  let bytes = Buffer.from(good)
  for (let times = 1 + random(4); times > 0; times -= 1) {
    const at = random(bytes.length + 1)
    const to = at + random(Math.min(64, bytes.length - at + 1))
    switch (random(6)) {
      case 0:
        if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8))
        break
      case 1:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)])
        break
      case 2:
        bytes = bytes.subarray(0, at)
        break
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)])
        break
      case 4:
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          hostile[random(hostile.length)]!,
          bytes.subarray(at),
        ])
        break
      default:
        if (at < bytes.length) bytes[at] = random(256)
    }
  }
  return bytes
}

fault(
  {
    id: 'malformed',
    fault:
      'what comes from outside is cut, flipped, repeated, or hostile (times for each of nine parsers)',
    holds: 'I11',
    quick: 3_000,
    full: 1_000_000,
  },
  async ({ count, random }) => {
    let [taken, refused, longestMs] = [0, 0, 0]
    for (const { name, good, parse } of await parsers()) {
      await parse(good)
      for (let nth = 0; nth < count; nth += 1) {
        const bytes = mutate(good, random)
        const beganMs = performance.now()
        try {
          await parse(bytes)
          taken += 1
        } catch (error) {
          const shown = `${name}: ${bytes.subarray(0, 400).toString('base64')}`
          assert.ok(error instanceof OkiteError, `${shown} ${String((error as Error).stack)}`)
          refused += 1
        }
        longestMs = Math.max(longestMs, performance.now() - beganMs)
      }
    }
    return { done: count, figures: { taken, refused, 'longest in ms': Math.round(longestMs) } }
  },
)
