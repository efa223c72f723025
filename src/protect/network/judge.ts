import { is } from '../../core/control/match.ts'
import { isFact, type Judge } from '../../core/judge.ts'
import { gatewayApproved, gatewayWithdrawn, sessionsCounted, sessionsMeasured } from './facts.ts'

/** The approval of each gateway that is approved now. */
type Row = Readonly<{ approved: Readonly<Record<string, number>> }>

/**
 * Says of each count of remote sessions how many came in outside the gateways that were approved by
 * then. What is approved afterwards excuses nothing. One row: gateways are few, and all are needed.
 */
export const remoteSessions: Judge<Row> = {
  id: 'protect.network.remote-sessions',
  version: 1,
  from: [gatewayApproved, gatewayWithdrawn, sessionsCounted],
  makes: [sessionsMeasured],
  keys: () => [''],
  init: () => ({ approved: {} }),
  step(row, input) {
    if (!isFact(input)) return { state: row }
    if (is(input, gatewayApproved)) {
      return { state: { approved: { ...row.approved, [input.body.gateway]: input.pos } } }
    }
    if (is(input, gatewayWithdrawn)) {
      const { [input.body.gateway]: _gone, ...approved } = row.approved
      return { state: { approved } }
    }
    if (!is(input, sessionsCounted)) return { state: row }
    const { gateway, sessions, drill } = input.body
    const approval =
      gateway !== null && Object.hasOwn(row.approved, gateway) ? row.approved[gateway] : undefined
    const outside = approval === undefined ? sessions : 0
    return {
      state: row,
      facts: [
        {
          type: sessionsMeasured,
          occurred: input.occurred,
          because: approval === undefined ? [input.pos] : [approval, input.pos],
          body: { gateway, sessions, outside, ...(drill === undefined ? {} : { drill }) },
        },
      ],
    }
  },
}
