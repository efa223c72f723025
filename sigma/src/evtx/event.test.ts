import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { flatten } from './flatten.ts'
import { type Members, toJson } from './json.ts'
import { readEvtx } from './read.ts'
import { type ChunkWriter, chunkWith, fileOf } from './testing.ts'

/** What stands in the one event of this chunk. */
function eventOf(write: (chunk: ChunkWriter) => void): Members {
  const [item, ...others] = [...readEvtx(fileOf(chunkWith(write)))]
  assert.deepEqual(others, [])
  assert.ok(item?.kind === 'record', item?.kind === 'remark' ? item.reason : 'nothing')
  return toJson(item.event)
}

const empty = (chunk: ChunkWriter, name: string) => chunk.open(name).u8(0x03)
const filled = (chunk: ChunkWriter, name: string, text: string) =>
  chunk.open(name).u8(0x02).text(text).u8(0x04)
const hole = (chunk: ChunkWriter, index: number, type: number) => chunk.u8(0x0d).u16(index).u8(type)
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'utf16le'))

test('an element is null, a text, or an object', () => {
  const event = eventOf(chunk => {
    empty(chunk, 'Nothing')
    filled(chunk, 'Text', 'here')
    chunk.open('Both', { attributes: true }).u8(0x06).name('kind').text('x').u8(0x02)
    chunk.text('there').u8(0x04)
  })
  assert.deepEqual(event, {
    Event: {
      Nothing: null,
      Text: 'here',
      Both: { '#attributes': { kind: 'x' }, '#text': 'there' },
    },
  })
})

test('pieces of text are one: references, sections and values', () => {
  const event = eventOf(chunk => {
    chunk.open('Text').u8(0x02).text('a')
    for (const name of ['amp', 'lt', 'gt', 'quot', 'apos', 'other']) chunk.u8(0x49).name(name)
    chunk.u8(0x48).u16(0x5c6c)
    chunk.u8(0x07).u16(3).utf16('<b>').u8(0x04)
  })
  assert.deepEqual(event, { Event: { Text: `a&<>"'&other;屬<b>` } })
})

test('an attribute may be put together too', () => {
  const event = eventOf(chunk => {
    chunk.open('E', { attributes: true })
    chunk.u8(0x46).name('first').text('a').u8(0x49).name('amp')
    chunk.u8(0x06).name('second').text('b').u8(0x03)
  })
  assert.deepEqual(event, { Event: { E: { '#attributes': { first: 'a&', second: 'b' } } } })
})

test('processing instructions are in the tree, and not in the JSON', () => {
  const write = (chunk: ChunkWriter) => {
    chunk.u8(0x0a).name('target').u8(0x0b).u16(4).utf16('data')
    filled(chunk, 'A', 'b')
  }
  assert.deepEqual(eventOf(write), { Event: { A: 'b' } })
  const [item] = [...readEvtx(fileOf(chunkWith(write)))]
  assert.ok(item?.kind === 'record')
  assert.deepEqual(item.event.content[0], { kind: 'instruction', target: 'target', text: 'data' })
})

test('the values of an instance come into its template, at every place that names them', () => {
  const event = eventOf(chunk => {
    const template = () => {
      chunk.open('Inner', { attributes: true, dependency: true })
      chunk.u8(0x46).name('id')
      hole(chunk, 1, 0x08)
      chunk.u8(0x46).name('none').u8(0x0e).u16(2).u8(0x01)
      chunk.u8(0x06).name('text')
      hole(chunk, 0, 0x01)
      chunk.u8(0x02)
      hole(chunk, 0, 0x01)
      chunk.text('-')
      hole(chunk, 1, 0x08)
      chunk.u8(0x04)
    }
    chunk.instance(template, [
      { type: 0x01, bytes: bytesOf('name') },
      { type: 0x08, bytes: Uint8Array.of(7, 0, 0, 0) },
      { type: 0x00, bytes: new Uint8Array(4) },
    ])
  })
  assert.deepEqual(event, {
    Event: { Inner: { '#attributes': { id: 7, text: 'name' }, '#text': 'name-7' } },
  })
})

test('a value may be XML, whose elements have no dependency', () => {
  const fragment = (at: number) => [0x0f, 1, 1, 0, 0x01, 0, 0, 0, 0, ...offset(at), 0x03, 0x00]
  const offset = (at: number) => [at & 0xff, at >> 8, 0, 0]
  const event = eventOf(chunk => {
    const nameAt = chunk.at + 9
    chunk.open('Named').u8(0x03)
    assert.equal(chunk.view.getUint16(nameAt + 6, true), 5)
    chunk.instance(() => {
      chunk.open('Outer', { dependency: true }).u8(0x02)
      hole(chunk, 0, 0x21)
      chunk.u8(0x04)
    }, [{ type: 0x21, bytes: Uint8Array.from(fragment(nameAt)) }])
  })
  assert.deepEqual(event, { Event: { Named: null, Outer: { Named: null } } })
})

test('an array is a list; in a text, its members stand between commas', () => {
  const event = eventOf(chunk => {
    const template = () => {
      chunk.open('List', { dependency: true }).u8(0x02)
      hole(chunk, 0, 0x84)
      chunk.u8(0x04)
      chunk.open('Text', { dependency: true }).u8(0x02).text('a ')
      hole(chunk, 0, 0x84)
      chunk.u8(0x04)
    }
    chunk.instance(template, [{ type: 0x84, bytes: Uint8Array.of(1, 2, 3) }])
  })
  assert.deepEqual(event, { Event: { List: [1, 2, 3], Text: 'a 1,2,3' } })
})

test('of elements with one name the last has it, and the others have numbers', () => {
  const event = eventOf(chunk => {
    for (const text of ['a', 'b', 'c']) filled(chunk, 'Header', text)
    filled(chunk, 'Gone', '')
    empty(chunk, 'Empty')
    filled(chunk, 'Empty', 'later')
    filled(chunk, 'Taken', '1')
    filled(chunk, 'Taken_1', 'by itself')
    filled(chunk, 'Taken', '2')
  })
  assert.deepEqual(event, {
    Event: {
      Header: 'c',
      Header_1: 'a',
      Header_2: 'b',
      Gone: '',
      Empty: 'later',
      Taken: '2',
      Taken_1: 'by itself',
      Taken_2: '1',
    },
  })
})

test('a member may have the name of what objects inherit', () => {
  const { Event } = eventOf(chunk => {
    filled(chunk, '__proto__', 'a')
    filled(chunk, 'constructor', 'b')
  })
  assert.equal(JSON.stringify(Event), '{"__proto__":"a","constructor":"b"}')
})

function named(chunk: ChunkWriter, name: string, text: string): void {
  chunk.open('Data', { attributes: true }).u8(0x06).name('Name').text(name).u8(0x02)
  chunk.text(text).u8(0x04)
}

test('Data is known by its name, or else is a list', () => {
  const one = eventOf(chunk => {
    chunk.open('EventData').u8(0x02)
    filled(chunk, 'Data', 'a')
    chunk.u8(0x04)
  })
  assert.deepEqual(one, { Event: { EventData: { Data: { '#text': 'a' } } } })
  assert.deepEqual(flatten(one), { Data: 'a' })
  const more = eventOf(chunk => {
    chunk.open('EventData').u8(0x02)
    named(chunk, 'Image Name', 'x')
    filled(chunk, 'Data', 'a')
    filled(chunk, 'Data', '')
    empty(chunk, 'Data')
    chunk.u8(0x04)
  })
  const EventData = { 'Image Name': 'x', Data: { '#text': ['a', '', null] } }
  assert.deepEqual(more, { Event: { EventData } })
  assert.deepEqual(flatten(more), { ImageName: 'x', Data: ['a', '', null] })
})

test('Data that is named Data hides no other', () => {
  const event = eventOf(chunk => {
    chunk.open('EventData').u8(0x02)
    filled(chunk, 'Data', 'a')
    named(chunk, 'Data', 'Data')
    filled(chunk, 'Data', 'b')
    chunk.u8(0x04)
  })
  const EventData = { Data: 'Data', Data_1: { '#text': ['a', 'b'] } }
  assert.deepEqual(event, { Event: { EventData } })
  assert.deepEqual(flatten(event), { Data: 'Data', Data_1: ['a', 'b'] })
})

test('fields: text without an element is Data, names that become the same are numbered', () => {
  const fieldsOf = (parts: Members) => flatten({ Event: parts })
  assert.deepEqual(fieldsOf({ EventData: 'text' }), { Data: 'text' })
  assert.deepEqual(fieldsOf({ EventData: null }), {})
  assert.deepEqual(fieldsOf({ UserData: { '#attributes': { xmlns: 'x' }, Only: 1 } }), { Only: 1 })
  const same = { 'Process Name': 'a', ProcessName: 'b' }
  assert.deepEqual(fieldsOf({ EventData: same }), { ProcessName: 'b', ProcessName_1: 'a' })
  assert.deepEqual(fieldsOf({}), {})
})

test('fields: the names of what is deeper are joined', () => {
  const attributes = { '#attributes': { xmlns: 'x' } }
  const json = {
    Event: {
      System: { EventID: { '#attributes': { Qualifiers: 16_384 }, '#text': 7036 }, Level: null },
      UserData: {
        Start: {
          ...attributes,
          Info: { '#attributes': { Name: 'a' }, '#text': 'b', Deep: { C: 1 } },
        },
      },
    },
  }
  assert.deepEqual(flatten(json), {
    EventID: 7036,
    EventID_Qualifiers: 16_384,
    Info: 'b',
    Info_Name: 'a',
    Info_Deep_C: 1,
  })
})

test('fields: the other parts of an event are named', () => {
  const RenderingInfo = { '#attributes': { Culture: 'en-US' }, Message: 'm', Level: null }
  assert.deepEqual(flatten({ Event: { '#attributes': { xmlns: 'x' }, RenderingInfo } }), {
    RenderingInfo_Culture: 'en-US',
    RenderingInfo_Message: 'm',
    RenderingInfo_Level: null,
  })
})

test('fields: names do not grow with what they stand in', () => {
  const long = 'x'.repeat(10_000)
  let json: Members = { a: 1, b: 2 }
  for (let depth = 0; depth < 60; depth++) json = { [long]: json }
  const fields = flatten({ Event: { EventData: json } })
  assert.deepEqual(Object.values(fields), [1, 2])
  for (const name of Object.keys(fields)) assert.ok(name.length < 1100)
})

test('fields: what an event says cannot pass for where it comes from', () => {
  const json = { Event: { System: { Channel: 'App' }, EventData: { Channel: 'Security' } } }
  assert.deepEqual(flatten(json), { Channel: 'App', EventData_Channel: 'Security' })
})
