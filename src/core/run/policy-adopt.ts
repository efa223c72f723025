import { z } from 'zod'
import { beginOf } from '../control/dates.ts'
import { OkiteError } from '../error.ts'
import { comparePacks, type Difference } from '../policy/compare.ts'
import { checkBindings } from '../policy/library.ts'
import { toInstant } from '../time.ts'
import { inTurn } from '../turn.ts'
import { readFlags } from './arguments.ts'
import type { Call } from './call.ts'
import type { Okite } from './compose.ts'
import { inProgram } from './in-program.ts'
import { padTo } from './words.ts'

/** As it crosses the control socket. */
export const policyCall = z.strictObject({
  name: z.string().max(200),
  by: z.string().min(1).max(200),
  from: z.string().max(40).nullable(),
  dry: z.boolean(),
})

/** What was adopted, or would be. */
type Adopted = Readonly<{
  policy: string
  version: string
  count: number
  hash: string
  from: string
  /** The version that it follows, and what becomes another; null: it is the first. */
  before: Readonly<{
    policy: string
    version: string
    /** How many they are, and the first of them. */
    differ: number
    differences: readonly Difference[]
  }> | null
}>

/**
 * `./okite policy adopt NAME --by PERSON [--from DATE|INSTANT] [--dry-run]`: verdicts are judged under
 * this version from then on; what was concluded before stays (V34). Says what becomes another.
 */
export async function runPolicyAdopt(args: readonly string[], call: Call): Promise<number> {
  const { flags, words } = readFlags(args, { by: 'value', from: 'value', 'dry-run': 'switch' })
  const [name, ...more] = words
  const by = flags['by']?.trim() ?? ''
  if (name === undefined || more.length > 0 || by === '') {
    throw new OkiteError('ARGUMENT_INVALID', { argument: 'policy adopt NAME --by PERSON' })
  }
  const dry = flags['dry-run'] !== undefined
  const request = { name, by, from: flags['from'] ?? null, dry }
  const answer = await inProgram<typeof request, Adopted>(call, '/policy', request, adoptPolicy)
  call.out(told(answer, request, call))
  return 0
}

/**
 * Runs inside the program, one adoption after another: each says what it changes of the one before.
 *
 * @throws OkiteError `POLICY_FROM`, and what adopting throws
 */
export const adoptPolicy = (okite: Okite, call: z.infer<typeof policyCall>): Promise<Adopted> =>
  inTurn('policy adopt', () => adoptNext(okite, call))

async function adoptNext(
  okite: Okite,
  { name, by, from: given, dry }: z.infer<typeof policyCall>,
): Promise<Adopted> {
  const pack = okite.policies.onDisk(name)
  checkBindings(pack, okite.controls)
  const now = toInstant(okite.clock.nowMs())
  const from = given === null ? now : instantOf(given, pack.organisation.zone, now)
  const was = okite.policies.inForce(from)
  const differences = was === null ? [] : comparePacks(was, pack)
  // What was checked and compared, and no later state of its folder.
  if (!dry) await okite.adopt(pack, by, from)
  return {
    ...{ policy: pack.id, version: pack.version, count: pack.statements.length },
    ...{ hash: pack.hash, from },
    before: was && {
      ...{ policy: was.id, version: was.version, differ: differences.length },
      differences: differences.slice(0, shownMax),
    },
  }
}

/** The beginning of a day where the organisation is, or an instant; never one that is over (V32). */
function instantOf(given: string, zone: string, now: string): string {
  let instant: string
  try {
    instant = /^\d{4}-\d{2}-\d{2}$/.test(given)
      ? beginOf(given, zone)
      : toInstant(Temporal.Instant.from(given).epochMilliseconds)
  } catch (cause) {
    throw new OkiteError('POLICY_FROM', { from: given }, { cause })
  }
  if (instant < now) throw new OkiteError('POLICY_FROM', { from: instant, now })
  return instant
}

/** A person reads no more lines, and of ten thousand not all fit through the control socket. */
const shownMax = 40

function told(answer: Adopted, { by, dry, from }: z.infer<typeof policyCall>, call: Call): string {
  const { say } = call
  const { before, hash, ...values } = answer
  const lines = [say(dry ? 'cli.policy.would' : 'cli.policy.adopted', { ...values, by })]
  if (from !== null) lines.push(say('cli.policy.from', { from: answer.from }))
  lines.push(say('cli.policy.hash', { hash }))
  if (before !== null) {
    const { differences, differ, ...was } = before
    lines.push(say('cli.policy.differs', { ...was, count: differ }))
    for (const { id, what } of differences)
      lines.push(`  ${padTo(id, 10)}  ${say(`cli.policy.differs.${what}`)}`)
    if (differ > differences.length)
      lines.push(`  ${say('cli.policy.more', { count: differ - differences.length })}`)
  }
  if (!dry) lines.push(say('cli.next.check'))
  return `${lines.join('\n')}\n`
}
