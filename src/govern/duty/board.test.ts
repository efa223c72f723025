import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import type { ControlAtWork, OwedBy, Ports } from '../../core/module.ts'
import { readBoard, readBoardOf, readSaidOf } from './board.ts'
import { dutyDone } from './facts.ts'

const day = (nth: number) => `2026-11-0${nth}T00:00:00.000Z`

/** A list that two controls ask something of, and what it was asked. */
function openList() {
  const at = { ms: Date.parse(day(2)), stand: '1', looks: 0 }
  const control = (id: string, owner: string) =>
    ({ id, owner, byHand: [dutyDone], lists: null }) as unknown as ControlAtWork
  const owed = (name: string, due: string | null): OwedBy['owed'] =>
    ({ name, due, what: 'do', state: 'open', from: day(1) }) as OwedBy['owed']
  const found: OwedBy[] = [
    { control: 'a.b.monthly', subject: 'org', owed: owed('2026-11', day(3)) },
    { control: 'a.b.listed', subject: 'p-1', owed: owed('x-1', null) },
  ]
  const ports: Pick<Ports, 'clock' | 'controls' | 'policy' | 'reader'> = {
    clock: { nowMs: () => at.ms },
    controls: [control('a.b.monthly', 'committee'), control('a.b.listed', 'ciso')],
    policy: {
      hash: 'h',
      controls: () => new Map(['a', 'b'].flatMap(() => found.map(one => [one.control, {}]))),
    },
    reader: {
      stand: async () => new Map([['list', at.stand]]),
      noting: () => ports.reader,
      async owed({ subject }: { subject?: string }) {
        at.looks += subject === undefined ? 1 : 0
        return subject === undefined ? found : []
      },
      query: async (_: string, [ids]: [string[]]) => ids.map(duty => ({ duty, level: 1 })),
    },
  } as any
  return { at, ports, found }
}

const lateOf = async (ports: Parameters<typeof readBoard>[0]) =>
  (await readBoard(ports)).filter(({ isLate }) => isLate).map(({ id }) => id)

test('what is owed is read once for all who look, and turns late at its time though nothing was said', async () => {
  const { at, ports } = openList()
  assert.equal(await readBoard(ports), await readBoard(ports))
  at.ms = Date.parse(day(3)) - 1
  await readBoard(ports)
  const looks = at.looks
  assert.deepEqual(await lateOf(ports), [])
  at.ms += 1
  // In the minute that begins with its time it is read anew.
  assert.deepEqual(await lateOf(ports), [])
  at.ms += 1
  assert.deepEqual(await lateOf(ports), ['a.b.monthly/2026-11'])
  assert.equal(at.looks, looks + 1)
  at.ms -= 1
  assert.deepEqual(await lateOf(ports), [], 'a clock that went back')
})

test('it is read anew when a judge or a table has moved', async () => {
  const { at, ports, found } = openList()
  assert.equal((await readBoard(ports)).length, 2)
  found.pop()
  assert.equal((await readBoard(ports)).length, 2)
  at.stand = '2'
  assert.equal((await readBoard(ports)).length, 1)
})

test('of some offices it shows theirs, and what was said of a duty that is on no board is read', async () => {
  const { ports } = openList()
  const ids = (await readBoardOf(['ciso'], ports)).map(({ id }) => id)
  assert.deepEqual(ids, ['a.b.listed/x-1/p-1'])
  const [one] = await readBoard(ports)
  const said = await readSaidOf([one!, { ...one!, id: 'gone' }], ports)
  assert.deepEqual([...said.keys()].sort(), ['a.b.listed/x-1/p-1', 'a.b.monthly/2026-11', 'gone'])
})
