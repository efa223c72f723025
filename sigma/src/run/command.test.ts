import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import * as zlib from 'node:zlib'
import { chunkWith, fileOf } from '../evtx/testing.ts'
import { limits } from '../limits.ts'
import { isMissing, linesOf, ruleFiles, sharedPath } from '../testing/shared.ts'
import { runCommand } from './command.ts'
import { jobsOf } from './jobs.ts'
import { runLimits } from './limits.ts'
import type { Streams } from './output.ts'

const tests = fs.mkdtempSync(join(tmpdir(), 'sigma run-'))
after(() => fs.rmSync(tests, { recursive: true, force: true }))

/** Writes a file into the folder of the tests and says where it is. */
function put(name: string, content: string | Uint8Array): string {
  const path = join(tests, name)
  fs.mkdirSync(join(path, '..'), { recursive: true })
  fs.writeFileSync(path, content)
  return path
}

async function ran(...words: string[]) {
  return await ranIn({ columns: null }, ...words)
}

async function ranIn(
  { columns, environment = {} }: { columns: number | null; environment?: Streams['environment'] },
  ...words: string[]
) {
  const told = { out: '', err: '' }
  const output = (name: 'out' | 'err') => ({
    write: async (text: string) => void (told[name] += text),
    columns: name === 'out' ? columns : null,
  })
  const code = await runCommand(words, { out: output('out'), err: output('err'), environment })
  return { code, ...told }
}

/** What `--json` prints, each line read. */
async function matchesOf(...words: string[]) {
  const { out, err, code } = await ran('--json', '--workers', '2', ...words)
  const lines = out.split('\n').filter(line => line !== '')
  return { code, err, matches: lines.map(line => JSON.parse(line)) }
}

const rules = put(
  'rules/shell.yml',
  `title: A shell
id: 5a6a5b5e-3e7e-4a55-9d5e-0d2f7c1f0001
level: high
tags: [attack.execution, attack.t1059.001]
logsource: {category: process_creation}
detection:
  sel: {Image|endswith: '\\sh.exe'}
  not_admin: {User: admin}
  condition: sel and not not_admin
---
title: A failure
id: 5a6a5b5e-3e7e-4a55-9d5e-0d2f7c1f0002
level: low
logsource: {product: linux}
detection: {keywords: [failed password], condition: keywords}
`,
)
put('rules/deeper/bad.yaml', 'title: Bad\nlogsource: {product: x}\ndetection: {condition: none}\n')
put('rules/README.md', 'no rule')
const shell = { Image: 'C:\\sh.exe', category: 'process_creation', User: 'bob' }
const other = { ...shell, Image: 'C:\\cmd.exe' }
const jsonl = (...events: object[]): string =>
  events.map(each => `${JSON.stringify(each)}\n`).join('')

describe('the command', () => {
  it('tells the same matches of every format, by file and place from 0', async () => {
    const lines = jsonl(other, shell, other, { ...shell, User: 'admin' }, shell)
    const events = [other, shell, other, { ...shell, User: 'admin' }, shell]
    const csv = `category,Image,User\n${events.map(each => `${each.category},${each.Image},"${each.User}"\n`).join('')}`
    const files: Record<string, string | Uint8Array> = {
      'a.jsonl': lines,
      'b.json': JSON.stringify(events, null, 2),
      'c.json': JSON.stringify({ Records: events }),
      'd.csv': csv,
      'e.jsonl.gz': zlib.gzipSync(lines),
      // What is packed, its bytes tell; here the name does not.
      'f.jsonl': zlib.gzipSync(lines),
      'g.jsonl': Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(lines, 'utf16le')]),
      'h.jsonl': `\ufeff${lines.replaceAll('\n', '\r\n')}`,
      'i.jsonl': lines.trimEnd(),
      'j.zst': zlib.zstdCompressSync(Buffer.from(lines)),
    }
    for (const [name, content] of Object.entries(files)) put(`formats/${name}`, content)
    put('formats/README.md', '# no events')
    const { code, matches } = await matchesOf(
      '--rules',
      join(tests, 'rules'),
      join(tests, 'formats'),
    )
    assert.equal(code, 0)
    const wanted = Object.keys(files).flatMap(name =>
      [1, 4].map(line => [join(tests, 'formats', name), line]),
    )
    assert.deepEqual(
      matches.map(({ file, line }) => [file, line]),
      wanted,
    )
    assert.deepEqual(matches[0], {
      file: join(tests, 'formats/a.jsonl'),
      line: 1,
      time: null,
      rule: '5a6a5b5e-3e7e-4a55-9d5e-0d2f7c1f0001',
      title: 'A shell',
      level: 'high',
      tags: ['attack.execution', 'attack.t1059.001'],
    })
  })

  it('reads syslog and lines of text; a source is given for events that do not say theirs', async () => {
    const line = 'Oct 11 22:14:15 host sshd[7]: Failed password for root'
    const log = put(
      'text/auth.log',
      `Oct 11 22:14:14 host sshd[7]: ok\n${line}\nnothing of syslog\n`,
    )
    const text = put('text/words.txt', 'words\nFAILED PASSWORD\n')
    const own = put(
      'text/own.jsonl',
      jsonl({ msg: 'failed password', product: 'windows' }, { msg: 'failed password' }),
    )
    const { matches } = await matchesOf('--rules', rules, '--product', 'Linux', log, text, own)
    const found = matches.map(each => [each.file, each.line])
    assert.deepEqual(found, [
      [log, 1],
      [text, 1],
      [own, 1],
    ])
    assert.match(matches[0].time, /^\d{4}-10-11T22:14:15\.000Z$/)
    const silent = await matchesOf('--rules', rules, log)
    assert.equal(silent.code, 1)
    assert.match(silent.err, /auth\.log do not say where they come from/)
    const forced = await matchesOf('--rules', rules, '--product', 'linux', '--format', 'text', log)
    assert.deepEqual(
      forced.matches.map(each => each.line),
      [1],
    )
  })

  it('reads event logs; a damaged chunk is told and passed over', async () => {
    const chunk = () =>
      chunkWith(event =>
        event
          .open('System')
          .u8(0x02)
          .open('Channel')
          .u8(0x02, 0x05, 0x01)
          .u16(3)
          .utf16('App')
          .u8(0x04, 0x04),
      )
    const damaged = chunk()
    damaged.fill(0xee, 0, 8)
    const bytes = fileOf(chunk(), damaged, chunk())
    const log = put('logs/app.evtx', bytes)
    const packed = put('logs/app.evtx.gz', zlib.gzipSync(bytes))
    const rule = put(
      'evtx.yml',
      'title: Any\nlogsource: {product: windows}\ndetection: {sel: {Channel: app}, condition: sel}\n',
    )
    const { code, err, matches } = await matchesOf('--rules', rule, '--stats', log, packed)
    const found = matches.map(({ file, line, record }) => [file, line, record])
    assert.deepEqual(found, [
      [log, 0, '1'],
      [log, 1, '1'],
      [packed, 0, '1'],
      [packed, 1, '1'],
    ])
    assert.equal(code, 0)
    assert.match(err, /app\.evtx {2}chunk-signature {2}byte 69632/)
    assert.match(err, /app\.evtx\.gz {2}chunk-signature/)
  })

  it('counts bad lines by reason and place, and reads on', async () => {
    const long = `{"a":"${'x'.repeat(limits.eventBytesMax)}"}`
    const deep = `{"a":${'['.repeat(300)}${']'.repeat(300)}}`
    const text = `${jsonl(other)}{"a":\n\n[1]\n{"b"}\n${long}\n${deep}\n${jsonl(shell)}`
    const bad = put('bad.jsonl', text)
    const { code, err, matches } = await matchesOf('--rules', rules, '--stats', bad)
    assert.equal(code, 0)
    assert.deepEqual(
      matches.map(each => each.line),
      [7],
    )
    assert.match(err, /bad\.jsonl:1 {2}EVENT_SYNTAX .* 2 times, first here/)
    assert.match(err, /bad\.jsonl:3 {2}EVENT_SHAPE/)
    assert.match(err, /bad\.jsonl:5 {2}EVENT_TOO_LARGE/)
    assert.match(err, /bad\.jsonl:6 {2}EVENT_TOO_DEEP/)
    assert.match(err, /5 records in 1 file could not be read/)
    assert.match(err, /events +2 in 1 file/)
  })

  it('tells what cannot be opened or is cut off, reads the rest, and ends with 2', async () => {
    const good = put('some/good.jsonl', jsonl(shell))
    // Random names do not pack well, so that events come before the end.
    const many = Array.from({ length: 5000 }, () => ({ ...shell, x: Math.random() }))
    const whole = zlib.gzipSync(jsonl(...many))
    const cut = put('some/cut.jsonl.gz', whole.subarray(0, whole.length - 100))
    const binary = put('some/x.bin', 'PK\u0003\u0004\0\0')
    const missing = join(tests, 'missing')
    const { code, err, matches } = await matchesOf('--rules', rules, missing, cut, binary, good)
    assert.equal(code, 2)
    assert.equal(matches.at(-1).file, good)
    assert.ok(matches.length > 1_000, 'those before the cut are told')
    assert.match(err, /missing cannot be read: ENOENT/)
    assert.match(err, /cut\.jsonl\.gz cannot be read: Z_BUF_ERROR/)
    assert.match(err, /x\.bin cannot be read: FORMAT_UNKNOWN/)
  })

  it('reads the standard input and pipes', () => {
    const events = put('piped.jsonl', jsonl(other, shell))
    const main = join(import.meta.dirname, 'main.ts')
    for (const words of [
      '"$0" "$1" -jr "$2" - <"$3"',
      'cat "$3" | "$0" "$1" -jr "$2" /dev/stdin',
    ]) {
      const { status, stdout, stderr } = spawnSync('sh', [
        ...['-c', words, process.execPath],
        ...[main, rules, events],
      ])
      assert.equal(status, 0, stderr.toString())
      assert.equal(JSON.parse(stdout.toString()).line, 1)
    }
  })

  it('numbers the lines of a large file through its pieces', async () => {
    const blank = `${' '.repeat(1024 * 1024 - 1)}\n`
    const half = blank.repeat(18)
    const text = `${jsonl(shell)}${half}${jsonl(shell)}${half}${jsonl(shell)}{bad\n`
    const large = put('large.jsonl', text)
    const jobs = await jobsOf([{ path: large, sizeBytes: text.length, isNamed: true }], null)
    assert.equal(jobs.length, Math.ceil(text.length / runLimits.pieceBytes))
    const { err, matches } = await matchesOf('--rules', rules, '--stats', large)
    assert.deepEqual(
      matches.map(each => each.line),
      [0, 19, 38],
    )
    assert.match(err, /large\.jsonl:39 {2}EVENT_SHAPE|large\.jsonl:39 {2}EVENT_SYNTAX/)
    assert.match(err, /events +3 in 1 file/)
    fs.rmSync(large)
  })

  it('says why, and tells no rule below the level that was asked for', async () => {
    const file = put('why.jsonl', jsonl(shell, { msg: 'failed password', product: 'linux' }))
    const { matches } = await matchesOf('--rules', rules, '--why', '--level', 'medium', file)
    assert.equal(matches.length, 1)
    assert.deepEqual(
      matches[0].why.map(({ detection, key, holds, found }: Record<string, unknown>) => [
        detection,
        key,
        holds,
        found,
      ]),
      [
        ['sel', 'Image|endswith', true, ['C:\\sh.exe']],
        ['not_admin', 'User', false, ['bob']],
      ],
    )
    const { out } = await ran('--rules', rules, '--why', file)
    assert.match(out, /✓ sel: Image\|endswith – C:\\sh\.exe/)
    assert.match(out, /✗ not_admin: User – bob/)
  })

  it('correlates across files in the order of time', async () => {
    const rule = put(
      'correlated.yml',
      `title: Logon
name: logon
logsource: {category: auth}
detection: {sel: {action: logon}, condition: sel}
---
title: Three users of one host
level: critical
tags: [attack.t1110]
correlation:
  type: value_count
  rules: [logon]
  group-by: [host]
  timespan: 10m
  condition: {field: user, gte: 3}
`,
    )
    const logon = (time: string, host: string, user: string) => ({
      action: 'logon',
      category: 'auth',
      time,
      host,
      user,
    })
    const at = (minute: number): string => `2026-11-27T10:${minute}:00Z`
    const late = put('order/1.jsonl', jsonl(logon(at(18), 'a', 'u3'), logon(at(30), 'b', 'u1')))
    const early = put(
      'order/2.jsonl',
      jsonl(
        logon(at(10), 'a', 'u1'),
        logon(at(12), 'a', 'u2'),
        logon(at(31), 'b', 'u1'),
        logon(at(59), 'b', 'u2'),
      ),
    )
    const { code, matches } = await matchesOf('--rules', rule, join(tests, 'order'))
    assert.equal(code, 0)
    assert.deepEqual(matches, [
      {
        time: '2026-11-27T10:18:00.000Z',
        rule: `${rule}#1`,
        title: 'Three users of one host',
        level: 'critical',
        tags: ['attack.t1110'],
        correlation: {
          group: { host: 'a' },
          from: '2026-11-27T10:08:00.000Z',
          to: '2026-11-27T10:18:00.000Z',
          value: 3,
          events: [
            { file: early, line: 0 },
            { file: early, line: 1 },
            { file: late, line: 0 },
          ],
        },
      },
    ])
    const { out } = await ran('--rules', rule, '--why', join(tests, 'order'))
    assert.match(
      out,
      /^critical {2}Three users of one host {2,}1 {2}T1110 {3}2026-11-27 10:18:00$/m,
    )
    assert.match(out, /host = a/)
  })

  it('ends as grep does: 0 matched, 1 nothing, 2 a mistake', async () => {
    const file = put('none.jsonl', jsonl(other))
    const none = await ran('--rules', rules, file)
    assert.equal(none.code, 1)
    assert.match(none.out, /^no rule matched in 1 event of 1 file;/)
    const empty = fs.mkdtempSync(join(tests, 'empty-'))
    const mistakes: [string[], RegExp][] = [
      [[file], /name the rules/],
      [['--rules', rules], /name the events/],
      [['--rules', rules, '--nonsense', file], /--nonsense/],
      [['--rules', rules, '--format', 'xml', file], /--format is one of jsonl, json, evtx/],
      [['--rules', rules, '--level', 'severe', file], /--level is one of informational/],
      [['--rules', rules, '--workers', '0', file], /--workers is a number from 1/],
      [['--rules', empty, file], /there are no rules/],
      [['--rules', rules, empty], /there are no events/],
      [['--rules', join(tests, 'rules/deeper'), file], /no rule can run/],
    ]
    for (const [words, message] of mistakes) {
      const { code, err } = await ran(...words)
      assert.equal(code, 2, words.join(' '))
      assert.match(err, message)
    }
    const { code, out } = await ran('--help')
    assert.equal(code, 0)
    assert.match(out, /--rules/)
  })

  it('tells refused rules with their reasons, and counts rules by state', async () => {
    const file = put('one.jsonl', jsonl(shell))
    const { err, out } = await ran('--rules', join(tests, 'rules'), '--stats', file)
    assert.match(err, /1 rule refused/)
    assert.match(out, /bad\.yaml:\d+ {2}DETECTION_EMPTY {2}no detection/)
    assert.match(out, /rules +3: 2 runs, 1 refused|rules +3: 1 refused, 2 runs/)
  })

  it('tells what rules have cost, and of which there is no verdict for it', async () => {
    const rule = (name: string, pattern: string): string =>
      `title: ${name}\nid: ${name}\nlogsource: {product: p}\ndetection: {sel: {text|re: '${pattern}'}, condition: sel}\n`
    const dear = put('dear.yml', `${rule('dear', 'a.*b')}---\n${rule('cheap', '^b[0-9]{3}$')}`)
    const file = put(
      'dear.jsonl',
      jsonl({ product: 'p', text: `${'a'.repeat(1_100_000)}c` }, { product: 'p', text: 'b123' }),
    )
    const { code, err, out } = await ran('--rules', dear, '--stats', '--workers', '1', file)
    assert.equal(code, 0)
    assert.match(err, /1 rule took too long over some events and gave no verdict there/)
    assert.match(
      out,
      /dearest rules\n {2}dear {2}[\d,]+ steps in \d evaluations? {2}no verdict on 1 event/,
    )
    assert.match(out, /\n {2}cheap {2}\d+ steps in \d evaluations?\n/)
    const calm = await ran('--rules', rules, put('calm.jsonl', jsonl(shell)))
    assert.doesNotMatch(calm.err, /too long/)
  })

  it('colours on a terminal alone, and not if NO_COLOR is set', async () => {
    const file = put('colour.jsonl', jsonl(shell))
    const words = ['--rules', rules, file]
    assert.ok((await ranIn({ columns: 100 }, ...words)).out.includes('\u001b[1;31mhigh'))
    const without = await ranIn({ columns: 100, environment: { NO_COLOR: '1' } }, ...words)
    assert.ok(!without.out.includes('\u001b'))
    assert.ok(!(await ran(...words)).out.includes('\u001b'))
  })

  it('reads the logs of the regression cases as their renderings have them', {
    skip: isMissing,
  }, async () => {
    const rule = put(
      'any.yml',
      'title: Any\nlogsource: {product: windows}\ndetection: {sel: {EventID|exists: true}, condition: sel}\n',
    )
    const events = sharedPath('sigma/expected/events')
    const names = fs
      .readdirSync(events)
      .filter(name => name.endsWith('.evtx'))
      .slice(0, 3)
    for (const name of names) {
      const rendering = join(events, name.replace('.evtx', '.raw.jsonl'))
      const { matches } = await matchesOf('--rules', rule, join(events, name))
      const wanted = fs.readFileSync(rendering, 'utf8').trimEnd().split('\n').length
      assert.equal(matches.length, wanted, name)
    }
  })

  it('finds in real events what is known of them', { skip: isMissing }, async () => {
    const folder = 'rules/cloud/aws/'
    const ids = new Set<string>()
    for (const [path, text] of ruleFiles()) {
      if (!path.startsWith(folder)) continue
      put(path, text)
      ids.add(/^id: (\S+)/m.exec(text)?.[1] ?? '')
    }
    const known = linesOf('sigma/expected/corpus-matches.tsv.gz').filter(line => {
      const [file, , id] = line.split('\t')
      return file === 'aws-cloudtrail' && ids.has(id as string)
    })
    const told = await matchesOf(
      ...['--rules', join(tests, folder), '--product', 'aws', '--service', 'cloudtrail'],
      sharedPath('events/aws-cloudtrail.jsonl.gz'),
    )
    const found = told.matches.map(({ line, rule }) => `aws-cloudtrail\t${line}\t${rule}`)
    // Of some rules it is not known where they match.
    const listed = new Set(known.map(line => line.split('\t')[2]))
    assert.deepEqual(
      found.filter(line => listed.has(line.split('\t')[2])).toSorted(),
      known.toSorted(),
    )
    assert.ok(known.length > 100)
  })
})
