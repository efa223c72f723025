import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatOf } from './format.ts'
import { parseSyslog } from './syslog.ts'
import { parseTime, timeOf } from './when.ts'

const formatIn = (text: string, path = 'events', isNamed = true) =>
  formatOf(Buffer.from(text), path, isNamed)

describe('the format of a file', () => {
  it('is what its first bytes say', () => {
    assert.equal(formatIn('ElfFile\0…'), 'evtx')
    assert.equal(formatIn(' {"a":1}\n{"b":2}\n', 'x.log'), 'jsonl')
    assert.equal(formatIn('{"a":1}'), 'jsonl')
    assert.equal(formatIn('{"a":bad}\n{"b":2}\n'), 'jsonl')
    assert.equal(formatIn('{\n  "a": 1\n}\n', 'x.jsonl'), 'json')
    assert.equal(formatIn('[\n {"a":1}]'), 'json')
    assert.equal(formatIn('{"Records":[{"a":1}]}'), 'json')
    assert.equal(formatIn('{"value":[1]}'), 'jsonl')
    assert.equal(formatIn('[2026-11-27] began'), 'text')
    assert.equal(formatIn('<34>Oct 11 22:14:15 host su: x'), 'syslog')
    assert.equal(formatIn('Oct 11 22:14:15 host su: x'), 'syslog')
    assert.equal(formatIn('2026-11-27T01:02:03.123456+00:00 host su[1]: x'), 'syslog')
  })

  it('is what its name promises where they say nothing, packed or not', () => {
    assert.equal(formatIn('a,b\n1,2', 'x.csv.gz'), 'csv')
    assert.equal(formatIn('broken', 'x.evtx'), 'evtx')
    assert.equal(formatIn('broken', 'x.ndjson.zst'), 'jsonl')
    assert.equal(formatIn('some words', 'x.log', false), 'text')
  })

  it('is none where a file that nobody named is no log, or where there is no text', () => {
    assert.equal(formatIn('# Title', 'README.md', false), null)
    assert.equal(formatIn('# Title', 'README.md', true), 'text')
    assert.equal(formatIn('PK\u0003\u0004\0\0', 'x.zip', true), null)
  })
})

describe('syslog', () => {
  it('of RFC 5424 has its header, structured data and message', () => {
    const line =
      '<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut="3" eventSource="App \\"x\\" \\] \\\\"][other@1] \ufeffAn event'
    assert.deepEqual(parseSyslog(line), {
      facility: 20,
      severity: 5,
      timestamp: '2003-10-11T22:14:15.003Z',
      hostname: 'mymachine.example.com',
      appname: 'evntslog',
      msgid: 'ID47',
      structured: {
        'exampleSDID@32473': { iut: '3', eventSource: 'App "x" ] \\' },
        'other@1': {},
      },
      message: 'An event',
      _raw: line,
    })
    assert.equal(parseSyslog('<0>1 - - - - - -')?.['message'], '')
  })

  it('of RFC 3164 has them too, as it comes and as it lies in files', () => {
    const line = "<34>Oct 11 22:14:15 mymachine su[12]: 'su root' failed on /dev/pts/8"
    const parts = {
      timestamp: 'Oct 11 22:14:15',
      hostname: 'mymachine',
      appname: 'su',
      procid: '12',
      message: "'su root' failed on /dev/pts/8",
    }
    assert.deepEqual(parseSyslog(line), { facility: 4, severity: 2, ...parts, _raw: line })
    assert.deepEqual(parseSyslog(line.slice(4)), { ...parts, _raw: line.slice(4) })
    const iso = '2026-11-27T01:02:03.5+09:00 host kernel: up'
    assert.equal(parseSyslog(iso)?.['appname'], 'kernel')
  })

  it('is nothing else', () => {
    for (const line of ['', 'words', '<192>Oct 11 22:14:15 h t: x', '<1>1 - - - - - [x', '<34>x']) {
      assert.equal(parseSyslog(line), null, line)
    }
  })

  it('takes time linear in a hostile line', () => {
    const line = `<1>1 - - - - - [a ${'b="c" '.repeat(200_000)}`
    assert.equal(parseSyslog(line), null)
    assert.equal(parseSyslog(`<1>1 - - - - - [a b="${'\\"'.repeat(500_000)}`), null)
  })
})

describe('the time of an event', () => {
  const latest = Date.UTC(2026, 10, 27)
  const iso = (text: string): string | null => {
    const ms = parseTime(text, latest)
    return ms === null ? null : new Date(ms).toISOString()
  }

  it('is read in the forms that logs have', () => {
    assert.equal(iso('2021-12-04T21:19:16.741995900Z'), '2021-12-04T21:19:16.741Z')
    assert.equal(iso('2021-12-04 21:19:16,741'), '2021-12-04T21:19:16.741Z')
    assert.equal(iso('2021-12-04T21:19:16+09:00'), '2021-12-04T12:19:16.000Z')
    assert.equal(iso('2021-12-04 21:19:16 -0130'), '2021-12-04T22:49:16.000Z')
    assert.equal(iso('2021-12-04'), '2021-12-04T00:00:00.000Z')
    assert.equal(iso('17/May/2015:10:05:03 +0000'), '2015-05-17T10:05:03.000Z')
    assert.equal(iso('1638652756'), '2021-12-04T21:19:16.000Z')
    assert.equal(iso('1638652756.5'), '2021-12-04T21:19:16.500Z')
    assert.equal(iso('1638652756741'), '2021-12-04T21:19:16.741Z')
    assert.equal(iso('1638652756741000'), '2021-12-04T21:19:16.741Z')
  })

  it('without a year is of the last one in which it is not later than the file', () => {
    assert.equal(iso('Nov 27 10:00:00'), '2026-11-27T10:00:00.000Z')
    assert.equal(iso('Nov 29 10:00:00'), '2025-11-29T10:00:00.000Z')
    assert.equal(iso('Feb 29 10:00:00'), null)
  })

  it('is none where the calendar has no such time', () => {
    for (const text of [
      '2021-02-30',
      '2021-12-04 25:00:00',
      '2021-13-01',
      'Foo 27 10:00:00',
      '12',
      'x',
    ]) {
      assert.equal(iso(text), null, text)
    }
  })

  it('is that of the first field that has one; bytes of JSON, objects and lines of text have it', () => {
    const at = Date.UTC(2021, 11, 4, 1, 2, 3)
    const time = '2021-12-04T01:02:03Z'
    const events: unknown[] = [
      { UtcTime: '-', TimeCreated: time, '@timestamp': '2020-01-01' },
      { Event: { System: { TimeCreated: { '#attributes': { SystemTime: time } } } } },
      { ts: at / 1000 },
      Buffer.from(`{"eventTime":"${time}"}`),
      Buffer.from(`${time} words`),
      Buffer.from(`10.0.0.1 - - [04/Dec/2021:01:02:03 +0000] "GET / HTTP/1.1" 200 1`),
      Buffer.from('<1>Dec  4 01:02:03 host tag: x'),
    ]
    const years = [2021, 2021, 2021, 2021, 2021, 2021, 2025]
    events.forEach((event, nth) => {
      const found = timeOf(event, latest)
      assert.equal(found, Date.UTC(years[nth] as number, 11, 4, 1, 2, 3), String(nth))
    })
    assert.equal(timeOf({ other: time }, latest), null)
    assert.equal(timeOf(Buffer.from('{bad'), latest), null)
  })
})
