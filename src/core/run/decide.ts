import { z } from 'zod'
import type { Status } from '../control/kind.ts'
import { is } from '../control/match.ts'
import { OkiteError } from '../error.ts'
import { parameterDecided, verdictChanged } from '../facts.ts'
import { valueLike } from '../policy/library.ts'
import { toInstant } from '../time.ts'
import { leavesOpen } from './adoption.ts'
import type { Okite } from './compose.ts'

/** As it crosses the control socket. */
export const decideCall = z.strictObject({
  control: z.string().max(200),
  parameter: z.string().max(200),
  value: z.string().max(200),
  by: z.string().min(1).max(320),
})

/**
 * A named person decides a figure that the policy leaves open (V35). Answers what the control says now.
 *
 * @throws OkiteError `DECIDE_CONTROL`, `DECIDE_PARAMETER`, `DECIDE_STATED`, `DECIDE_VALUE`
 */
export async function decide(
  okite: Okite,
  { control: id, parameter, value: given, by }: z.infer<typeof decideCall>,
): Promise<Readonly<{ status: Status }>> {
  const control = okite.controls.find(one => one.id === id)
  if (control === undefined) throw new OkiteError('DECIDE_CONTROL', { control: id })
  if (!Object.hasOwn(control.params, parameter)) {
    const known = Object.keys(control.params).sort()
    throw new OkiteError('DECIDE_PARAMETER', { control: id, parameter, known })
  }
  const now = toInstant(okite.clock.nowMs())
  const policy = okite.policies.inForce(now)
  const bound = policy && okite.policies.bound(policy.hash)?.get(id)
  if (bound && !leavesOpen(bound, parameter)) {
    const stated = bound.params[parameter] ?? null
    throw new OkiteError('DECIDE_STATED', { control: id, parameter, stated, policy: policy.id })
  }
  const value = valueLike(control.params[parameter], given)
  const { pos } = await okite.ledger.submit('core', {
    type: parameterDecided,
    source: 'okite policy decide',
    occurred: now,
    observed: now,
    trust: 'record',
    body: { control: id, parameter, value, from: now },
    private: { by: { value: by, person: by } },
    identity: `decided ${id} ${parameter} ${now}`,
  })
  await okite.settled(pos)
  const [said] = await okite.reader.query<{ pos: string | null }>(
    'select max(pos) as pos from ledger.fact_key where key = $1 and type = $2',
    [id, verdictChanged.name],
  )
  const verdict = said?.pos == null ? null : await okite.reader.fact(Number(said.pos))
  return {
    status: verdict !== null && is(verdict, verdictChanged) ? verdict.body.status : 'unknown',
  }
}
