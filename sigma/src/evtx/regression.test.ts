import { strict as assert } from 'node:assert'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { sharedPath, isMissing as skip } from '../testing/shared.ts'
import { flatten } from './flatten.ts'
import { type Json, type Members, toJson } from './json.ts'
import { readEvtxFile } from './node-file.ts'
import type { EvtxRecord } from './record.ts'

/**
 * The regression cases that SigmaHQ publishes: logs of Windows, each beside its rendering as JSON.
 *
 * Where the rendering is not what the log says, it is listed here:
 *
 * - It cuts off blanks at the end of a text. Command lines often end so ("cmd.exe" and a blank), and
 *   a rule may ask for it; here they stay.
 * - One rendering was made otherwise than the rest, and changed by hand: it gives the time with nine
 *   digits, and `Explorer.exe` where the log has `Explorer.EXE`.
 */
const otherwise = 'ad691d92-15f2-4181-9aa4-723c74f9ddc3'
const blanksCut = 67

const folder = sharedPath('sigma/expected/events')
const names = skip ? [] : readdirSync(folder).filter(name => name.endsWith('.evtx'))

const linesOf = (name: string): Members[] =>
  readFileSync(join(folder, name), 'utf8')
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => JSON.parse(line) as Members)

function recordsOf(name: string): EvtxRecord[] {
  const items = [...readEvtxFile(join(folder, name))]
  const remarks = items.filter(item => item.kind === 'remark')
  assert.deepEqual(remarks, [], `${name} is not damaged`)
  return items.filter(item => item.kind === 'record')
}

let cut = 0

function withoutBlanks(json: Json): Json {
  if (typeof json === 'string') {
    const text = json.trimEnd()
    if (text !== json) cut += 1
    return text
  }
  if (typeof json !== 'object' || json === null) return json
  if (Array.isArray(json)) return json.map(withoutBlanks)
  return Object.fromEntries(Object.entries(json).map(([name, each]) => [name, withoutBlanks(each)]))
}

/** What the rendering that was made otherwise has. */
function changed(name: string, json: Json): Json {
  if (!name.startsWith(otherwise)) return json
  const text = JSON.stringify(json)
    .replace('26.751156Z', '26.751156500Z')
    .replace('Explorer.EXE', 'Explorer.exe')
  return JSON.parse(text) as Json
}

test('the 144 logs are read as their renderings have them', { skip }, () => {
  assert.equal(names.length, 144)
  let count = 0
  cut = 0
  for (const name of names) {
    const got = recordsOf(name).map(({ event }) => changed(name, withoutBlanks(toJson(event))))
    assert.deepEqual(got, linesOf(name.replace('.evtx', '.raw.jsonl')), name)
    count += got.length
  }
  assert.equal(count, 160)
  assert.equal(cut, blanksCut)
})

test('the fields are those of the flattened renderings', { skip }, () => {
  for (const name of names) {
    const got = recordsOf(name).map(({ event }) =>
      changed(name, withoutBlanks(flatten(toJson(event)))),
    )
    assert.deepEqual(got, linesOf(name.replace('.evtx', '.jsonl')), name)
  }
})

test('a record says of itself what its event says', { skip }, () => {
  for (const name of names)
    for (const { recordId, written, isIntact, event } of recordsOf(name)) {
      const fields = flatten(toJson(event))
      assert.equal(isIntact, true)
      if (written !== null) assert.match(written, /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/)
      // Exported logs number their records anew.
      assert.ok(recordId > 0n && recordId <= BigInt(Number(fields['EventRecordID'])))
    }
})

test('a time has all of its digits on demand', { skip }, () => {
  const path = join(folder, `${otherwise}.evtx`)
  const [record] = [...readEvtxFile(path, { timeDigits: 7 })]
  assert.ok(record?.kind === 'record')
  assert.equal(flatten(toJson(record.event))['TimeCreated'], '2026-03-20T08:31:26.7511565Z')
})
