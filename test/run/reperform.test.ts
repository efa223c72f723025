import { strict as assert } from 'node:assert'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { calendarAdopted, claimAccepted, occurrenceClosed } from '../../src/core/facts.ts'
import { formatCheckpoint } from '../../src/core/ledger/checkpoint.ts'
import { formatNote } from '../../src/core/ledger/note.ts'
import { openFileSigner } from '../../src/core/ledger/signer.ts'
import { emptyFrontier, extend, hashLeaf, rootOf } from '../../src/core/ledger/tree.ts'
import type { Call } from '../../src/core/run/call.ts'
import { exportList } from '../../src/core/run/copy-command.ts'
import { reperformMonth, runReperform } from '../../src/core/run/reperform-command.ts'
import type { Line } from '../scenario.ts'
import { type Month, openMonth, project, source, storiesBetween } from './month.ts'

const call = { source, project }
let month: Month
let file = ''

/** A whole number in the body that may be another, moved by one. */
function moved(body: Record<string, unknown>, accepts: (body: unknown) => boolean) {
  for (const [name, value] of Object.entries(body)) {
    const other = { ...body, [name]: typeof value === 'number' ? value + 1 : value }
    if (typeof value === 'number' && accepts(other)) return other
  }
  return body
}

/** September and October of all modules, with all that can happen to facts, in one list. */
async function live(stories: readonly Line[]): Promise<number> {
  const at = (day: string) => stories.findIndex(line => line['at'] >= day)
  const [policyAt, calendarAt] = [at('2026-10-16'), at('2026-10-21')]
  for (const [index, line] of stories.entries()) {
    const isNewDay = line['at'].slice(0, 10) !== stories[index - 1]?.['at'].slice(0, 10)
    if (isNewDay) await month.advance(line['at'])
    month.clock.set(line['at'])
    if (index === policyAt) {
      await month.adopt('2', ({ params }) =>
        Object.fromEntries(
          Object.entries(params).flatMap(([name, value]) =>
            typeof value === 'number' ? [[name, value + 1]] : [],
          ),
        ),
      )
    }
    if (index === calendarAt) {
      const [standing] = await month.okite.reader.latest(calendarAdopted, 1)
      assert.ok(standing !== undefined)
      const { closed, ...table } = standing.body
      await month.submit(calendarAdopted, {
        ...{ ...table, version: '2026-10-21' },
        closed: [...closed, '2026-10-27'].sort(),
      })
    }
    const type = month.typeOf(line['type'])
    const pos = await month.submit(type, line['body'], line)
    // Recorded two days late; taken back, or corrected; told, and accepted by another.
    if (index % 23 === 0) {
      const twoDays = new Date(Date.parse(line['at']) - 172_800_000).toISOString()
      await month.submit(type, line['body'], { ...line, occurred: twoDays })
    }
    if (index % 97 === 5) await month.retract(pos)
    if (index % 89 === 7) {
      const accepts = (body: unknown) => type.schema.safeParse(body).success
      await month.correct(pos, moved(line['body'], accepts))
    }
    if (line['trust'] === 'claim') {
      await month.submit(claimAccepted, { target: pos }, { refs: { by: 'somebody-else' } })
    }
  }
  await month.advance('2026-11-04T00:00:00.000Z')
  await month.advance('2026-11-08T00:00:00.000Z')
  return month.okite.ledger.size()
}

before(async () => {
  month = await openMonth('2026-09-26T00:00:00.000Z')
  await month.adopt('1', () => ({}))
  const stories = await storiesBetween('2026-09-26T01:00:00.000Z', '2026-11-03T00:00:00.000Z')
  await live(stories)
  file = join(month.folder, 'list.jsonl')
  await exportList(month.okite, { path: file })
})
after(() => month.close())

test('V43 every conclusion of a closed, busy month is equal in another database on another day', async () => {
  const found = await reperformMonth(file, '2026-10', call)
  assert.equal(found.differs, null, JSON.stringify(found))
  assert.equal(found.taken, 0)
  assert.deepEqual(found.month.from, '2026-09-30T15:00:00.000Z')
  const { verdicts = 0, findings = 0, occurrences = 0 } = found.equal
  assert.ok(verdicts > 300 && findings > 40 && occurrences > 15, JSON.stringify(found.equal))
  // On the list stands as much: nothing of the month was passed over.
  const closed = (await month.okite.reader.latest(occurrenceClosed, 10_000)).filter(
    ({ body }) => body.to > found.month.from && body.to <= found.month.to,
  )
  assert.ok(occurrences >= closed.length && closed.length > 15, `${occurrences} ${closed.length}`)
})

/** The list with one line changed by somebody who holds the key and signs it anew. */
async function forged(change: (leaf: any, index: number) => boolean): Promise<string> {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  const entries = lines.map(line => JSON.parse(line))
  const at = entries.findIndex((entry, index) => {
    if (entry.leaf === undefined) return false
    const leaf = JSON.parse(entry.leaf)
    if (!change(leaf, index)) return false
    entry.leaf = JSON.stringify(leaf)
    return true
  })
  assert.ok(at > 0, 'there is such a line')
  const hashes = entries.flatMap(one =>
    one.leaf === undefined ? [] : [hashLeaf(Buffer.from(one.leaf))],
  )
  const frontier = extend(emptyFrontier, hashes)
  const signer = openFileSigner(join(month.dataDir, 'keys', 'signer'))
  const note = formatCheckpoint(signer.name, frontier.size, rootOf(frontier.hashes))
  const signature = await signer.sign(Buffer.from(note))
  entries[0].note = formatNote(note, [{ ...signer, signature }])
  const path = join(month.folder, `forged-${at}.jsonl`)
  writeFileSync(path, entries.map(one => `${JSON.stringify(one)}\n`).join(''))
  return path
}

test('V43 a verdict that was made better is found, with its position and both values', async () => {
  const path = await forged(leaf => {
    const isBad = leaf.type === 'control.verdict.changed' && leaf.body.status === 'broken'
    if (!isBad || leaf.recorded < '2026-10-05') return false
    leaf.body.status = 'kept'
    return true
  })
  const { differs } = await reperformMonth(path, '2026-10', call)
  assert.ok(differs !== null)
  assert.deepEqual(
    [differs.place, differs.listed, differs.again],
    ['body.status', '"kept"', '"broken"'],
  )
  const [fact] = await month.okite.ledger.readPositions([differs.pos])
  assert.equal(fact?.type, 'control.verdict.changed')
})

test('V43 a fact that was altered is found by the first conclusion that rests on it', async () => {
  const rests = new Set(
    (await month.okite.reader.latest(occurrenceClosed, 10_000)).flatMap(({ because }) =>
      Array.isArray(because) ? because : [],
    ),
  )
  let pos = -1
  const path = await forged(leaf => {
    pos += 1
    if (!rests.has(pos) || leaf.because.length > 0 || leaf.recorded < '2026-10-01') return false
    leaf.occurred = '2026-09-27T00:00:00.000Z'
    return leaf.trust === 'instrument'
  })
  const { differs } = await reperformMonth(path, '2026-10', call)
  assert.ok(differs !== null && differs.pos > 0)
  assert.notEqual(differs.listed, differs.again)
})

test('L3 a list that another key has signed is refused where the trusted key is given', async () => {
  const own = openFileSigner(join(month.dataDir, 'keys', 'signer'))
  const other = openFileSigner(join(month.folder, 'other'))
  const keyFile = join(month.folder, 'trusted.vkey')
  const out: string[] = []
  const told = { ...call, out: (text: string) => out.push(text), say: (id: string) => id }
  const run = (vkey: string) =>
    runReperform([file, '--month', '2026-10', '--vkey', vkey], told as unknown as Call)
  for (const vkey of [other.vkey, other.vkey.replace(other.name, own.name)]) {
    writeFileSync(keyFile, `${vkey}\n`)
    for (const given of [vkey, keyFile]) {
      const code = vkey === other.vkey ? 'LEDGER_COPY_KEY' : 'LEDGER_VKEY'
      await assert.rejects(run(given), { code }, given)
    }
  }
  // Whoever signs a forged list names his own key in it; only the one from elsewhere tells.
  const lines = readFileSync(file, 'utf8').split('\n')
  const renamed = JSON.stringify({ ...JSON.parse(lines[0] ?? ''), vkey: other.vkey })
  const path = join(month.folder, 'renamed.jsonl')
  writeFileSync(path, [renamed, ...lines.slice(1)].join('\n'))
  await assert.rejects(reperformMonth(path, '2026-10', call, own.vkey), { code: 'LEDGER_COPY_KEY' })
  for (const none of [join(month.folder, 'none'), 'no key', '', file]) {
    await assert.rejects(run(none), { code: 'LEDGER_VKEY' }, none)
  }
  assert.deepEqual(out, [])
  writeFileSync(keyFile, `${own.vkey}\n`)
  assert.equal(await run(keyFile), 0)
  assert.match(out.join(''), /cli.reperform.trusted/)
})

test('L3 I2 a copy that is not under its signed head is refused, and so is what is no list', async () => {
  const text = readFileSync(file, 'utf8')
  const write = (name: string, content: string) => {
    const path = join(month.folder, name)
    writeFileSync(path, content)
    return path
  }
  const lines = text.split('\n')
  const refused = (name: string, content: string, code: string) =>
    assert.rejects(reperformMonth(write(name, content), '2026-10', call), { code }, name)
  await refused('short', lines.slice(0, -3).join('\n'), 'LEDGER_COPY')
  const last = (lines.at(-2) ?? '').replaceAll('2026-11', '2026-12')
  const altered = [...lines.slice(0, -2), last, '']
  await refused('altered', altered.join('\n'), 'LEDGER_COPY')
  // A policy that says something else is not the one that was adopted.
  await refused('policy', text.replace('P90D', 'P91D'), 'POLICY_CONTENT_MISSING')
  await refused('none', '', 'COPY_FORM')
  await refused('broken', `${lines[0]}\n{`, 'COPY_FORM')
  await assert.rejects(reperformMonth(file, '2026-11', call), { code: 'REPERFORM_MONTH' })
  await assert.rejects(exportList(month.okite, { path: file }), { code: 'EXPORT_FILE' })
  assert.ok(!text.includes('somebody-else'), 'nobody is named')
})
