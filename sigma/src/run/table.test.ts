import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RuleState } from '../index.ts'
import { attackOf, listed } from './attack.ts'
import { columnsOf, cut, cutFront, oneLine } from './columns.ts'
import { coloured, plain } from './paint.ts'
import { renderTable } from './table.ts'
import type { Row } from './tally.ts'

function rowOf(
  title: string,
  level: string | null,
  more: Partial<Row> & { tags?: string[] } = {},
): Row {
  const { tags = [], ...fields } = more
  const rule: RuleState = {
    ...{ id: title, kind: 'detection', title, level, tags, source: 'x', at: 1 },
    ...{ state: 'runs', refusal: null, remarks: [] },
  }
  const seen = { place: { file: 'some/file.jsonl', line: 7 }, timeMs: Date.UTC(2026, 10, 27) }
  const example = { leaves: [], group: {}, places: [seen.place] }
  return { rule, level, count: 1, first: seen, last: seen, example, ...fields }
}

const rows: Row[] = [
  rowOf(
    '規則の題名がとても長くて、一行には収まらないので、途中で切り取られることになるはずのもの、とても長い',
    'low',
  ),
  rowOf('Few', 'critical', { tags: ['attack.t1003.001', 'attack.t1059', 'attack.t1027'] }),
  rowOf('Many\u001b[31m\nred', 'critical', { count: 12_345, tags: ['attack.credential-access'] }),
  rowOf('No level', null),
  rowOf('No time', 'high', {
    first: { place: { file: `${'long/'.repeat(30)}a.evtx`, line: 1 }, timeMs: null },
    last: { place: { file: `${'long/'.repeat(30)}a.evtx`, line: 9 }, timeMs: null },
  }),
]

describe('the table', () => {
  it('has the worst level first, then what matched most', () => {
    const lines = renderTable(rows, { columns: null, paint: plain, hasWhy: false })
      .trimEnd()
      .split('\n')
    assert.deepEqual(
      lines.map(line => line.split(' ')[0]),
      ['LEVEL', 'critical', 'critical', 'high', 'low', '–'],
    )
    assert.match(
      lines[1] as string,
      /^critical {2}Many·\[31m red .* 12,345 {2}credential access {2,}2026-11-27 00:00:00$/,
    )
    assert.match(lines[3] as string, /a\.evtx:1–9$/)
  })

  it('fits into the columns of a terminal, and all of a column stands under its name', () => {
    for (const columns of [60, 80, 100, 120, 160, 200]) {
      const lines = renderTable(rows, { columns, paint: plain, hasWhy: true }).trimEnd().split('\n')
      for (const line of lines) assert.ok(columnsOf(line) <= columns, `${columns}: ${line}`)
      const isNarrow = lines[1]?.trimStart().startsWith('ATT&CK')
      assert.equal(isNarrow, columns < 120, String(columns))
      const end = columnsOf((lines[0] as string).split('EVENTS')[0] as string) + 'EVENTS'.length
      for (const line of lines.filter(line => /^(?:critical|high|low|–)/.test(line))) {
        let seen = 0
        const upTo = Array.from(line)
          .filter(character => (seen += columnsOf(character)) <= end)
          .join('')
        assert.match(upTo, / (?:1|12,345)$/, `${columns}: ${line}`)
      }
    }
  })

  it('is the same with colours, once they are taken away', () => {
    const options = { columns: 120, hasWhy: true }
    const colours = renderTable(rows, { ...options, paint: coloured })
    assert.ok(colours.includes('\u001b[1;97;41mcritical\u001b[0m'))
    assert.equal(
      colours.replaceAll(/\u001b\[[\d;]*m/g, ''),
      renderTable(rows, { ...options, paint: plain }),
    )
  })
})

describe('texts of a terminal', () => {
  it('are counted and cut by columns', () => {
    assert.equal(columnsOf('判定 ok'), 7)
    assert.equal(columnsOf('e\u0301'), 1)
    assert.equal(columnsOf('🚀'), 2)
    assert.equal(cut('判定判定', 7), '判定判…')
    assert.equal(cut('判定判定', 6), '判定…')
    assert.equal(cutFront('a/b/c.evtx', 7), '…c.evtx')
  })

  it('cannot move the cursor, colour anything or turn the direction of writing', () => {
    assert.equal(oneLine('a\r\n\tb\u001b[2J\u0007\u009b\u202e'), 'a b·[2J···')
  })

  it('name techniques, or tactics where there are none, as many as fit', () => {
    assert.deepEqual(
      attackOf(['attack.execution', 'attack.t1059.001', 'cve.2021-1', 'attack.g0001']),
      ['T1059.001'],
    )
    assert.deepEqual(attackOf(['attack.credential-access', 'attack.s0002']), ['credential access'])
    assert.equal(listed(['T1003.001', 'T1059', 'T1027'], 100), 'T1003.001 T1059 T1027')
    assert.equal(listed(['T1003.001', 'T1059.001', 'T1027'], 22), 'T1003.001 T1059.001 +1')
    assert.equal(listed(['T1003.001', 'T1059.001', 'T1027'], 20), 'T1003.001 +2')
  })
})
