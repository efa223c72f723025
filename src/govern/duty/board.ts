import { randomUUID } from 'node:crypto'
import type { Instant } from '../../core/fact.ts'
import type { Ports } from '../../core/module.ts'
import { StandMemo } from '../../core/stand-memo.ts'
import { lastInstant, toInstant } from '../../core/time.ts'
import { type Duty, dutiesMax, isLateAt, readDuties } from './duty.ts'
import type { SaidRow } from './show.ts'

/**
 * Everything that is owed, read once for all who look at lists of it, until a judge or a table says
 * something else. Thousands of rows are the same for everybody, and each list shows some of them.
 */

type Here = Pick<Ports, 'clock' | 'controls' | 'policy' | 'reader'>

/** Owned by this file. `duties` is another array only when something in it is another. */
type Board = {
  duties: readonly Duty[]
  /** From the one and before the other, nothing of it turns late by time alone. */
  from: Instant
  until: Instant
  readonly ids: ReadonlySet<string>
  /** Another board has another. */
  readonly name: string
  /** By the roles asked for, as long as `duties` is the same. */
  readonly byRoles: Map<string, readonly Duty[]>
}

/** The policy in force, and the one before in the minute of a change. */
const boardsMax = 2
const boards = new StandMemo<Board>(boardsMax)
/** Somebody says something of a duty more often than another is owed. */
const saids = new StandMemo<ReadonlyMap<string, SaidRow>>(boardsMax)
/** Whoever asks next has it made anew: offices that are held together are few. */
const byRolesMax = 200

/**
 * A duty whose time begins is on the list five minutes before (V4). It is read anew each minute, and so
 * four minutes before at the latest, also when no judge says anything.
 */
const readAnewMs = 60_000

/** What is owed now under the policy in force, the soonest first. Not to be changed: others hold it too. */
export async function readBoard(ports: Here): Promise<readonly Duty[]> {
  return (await boardOf(ports)).duties
}

/** Of these roles alone. */
export async function readBoardOf(roles: readonly string[], ports: Here): Promise<readonly Duty[]> {
  const board = await boardOf(ports)
  // What was cut off may be of these roles.
  if (board.duties.length >= dutiesMax)
    return readDuties(ports, { roles, all: false, late: false, countMax: dutiesMax })
  const key = [...roles].sort().join('\n')
  const known = board.byRoles.get(key)
  if (known !== undefined) return known
  const wanted = new Set(roles)
  const own = board.duties.filter(({ role }) => wanted.has(role))
  if (board.byRoles.size >= byRolesMax) board.byRoles.clear()
  board.byRoles.set(key, own)
  return own
}

/** What was said of these duties, by id; and of others that are on the board. */
export async function readSaidOf(
  duties: readonly Duty[],
  ports: Here,
): Promise<ReadonlyMap<string, SaidRow>> {
  const { ids, name } = await boardOf(ports)
  const said = await saids.of(ports.reader, name, reader => readSaid([...ids], { reader }))
  const others = duties.filter(({ id }) => !ids.has(id)).map(({ id }) => id)
  if (others.length === 0) return said
  return new Map([...said, ...(await readSaid(others, ports))])
}

/** What was said of these duties, by id. */
export async function readSaid(
  duties: readonly string[],
  { reader }: Pick<Ports, 'reader'>,
): Promise<ReadonlyMap<string, SaidRow>> {
  const rows = await reader.query<SaidRow>('select * from duty_said where duty = any($1)', [duties])
  return new Map(rows.map(row => [row.duty, row]))
}

async function boardOf(ports: Here): Promise<Board> {
  const nowMs = ports.clock.nowMs()
  const minute = Math.floor(nowMs / readAnewMs)
  const name = `${ports.policy.hash} ${minute}`
  const board = await boards.of(ports.reader, name, reader => read({ ...ports, reader }))
  turn(board, toInstant(nowMs))
  return board
}

async function read(ports: Here): Promise<Board> {
  const duties = await readDuties(ports, { all: false, late: false, countMax: dutiesMax })
  const ids = new Set(duties.map(({ id }) => id))
  const name = randomUUID()
  return { duties, ids, name, byRoles: new Map(), from: lastInstant, until: lastInstant }
}

/** What has become late since somebody looked, is; and where a clock went back, is no more. */
function turn(board: Board, now: Instant): void {
  if (now >= board.from && now < board.until) return
  const turned = board.duties.map(duty =>
    isLateAt(duty, now) === duty.isLate ? duty : { ...duty, isLate: !duty.isLate },
  )
  if (turned.some((duty, nth) => duty !== board.duties[nth])) {
    board.duties = turned
    board.byRoles.clear()
  }
  board.from = now
  board.until = lastInstant
  for (const { due } of turned) {
    // Late is what was due before now, and so from the instant after.
    if (due !== null && due >= now && due < board.until) board.until = due
  }
}
