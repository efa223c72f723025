import { OkiteError } from '../../core/error.ts'
import type { FactType } from '../../core/fact.ts'
import { exceptionEnded, exceptionGranted } from '../../core/facts.ts'
import { personOf } from '../../core/module.ts'
import type { ViewAction } from '../../core/register/action.ts'
import { type Asked, append } from '../../core/register/edit.ts'
import type { PlainColumn } from '../../core/register/plain-column.ts'
import { otherAsker } from '../../core/register/two-persons.ts'
import { endOf, isWithin } from './day.ts'
import { exceptionDeclined, exceptionRevoked } from './facts.ts'
import type { ExceptionRow } from './show.ts'

const reasonField: PlainColumn = {
  ...{ name: 'reason', field: 'reason', kind: 'text', width: 40, most: 1_000, names: [] },
  isRequired: true,
}

const isWanted = ({ wanted }: ExceptionRow): boolean => wanted !== null

/**
 * Another person grants what is asked for. He is told apart by the list's handle; whoever asked under
 * another identifier is another to it. @throws OkiteError `EXCEPTION_…`
 */
async function approve(row: ExceptionRow, { principal, ports }: Asked): Promise<void> {
  const { control, subject, wanted } = row
  const request = Number(row.request)
  const self = personOf(principal)
  const by = await otherAsker(request, { principal, ports })
  if (by === null) throw new OkiteError('EXCEPTION_SECOND_PERSON')
  const reason = await ports.reader.disclose(request, 'reason')
  if (wanted === null || !isWithin(wanted, ports)) throw new OkiteError('EXCEPTION_END')
  // The point of no return: from this fact on the controls leave the subject out.
  await tell(
    exceptionGranted,
    { control, subject, until: endOf(wanted, ports) },
    {
      ...{ requester: { person: by }, approver: { person: self } },
      reason: { text: reason ?? '' },
    },
    `exception ${request}`,
    { principal, ports },
  )
}

/** Why is said first: if nothing follows, the exception is still in force, and ended once more. */
async function revoke(row: ExceptionRow, reason: string, asked: Asked): Promise<void> {
  const { control, subject } = row
  const body = { control, subject }
  const pos = await append([{ type: exceptionRevoked, body }], asked, reason)
  await tell(exceptionEnded, body, {}, `exception revoked ${pos}`, asked)
}

/** One of core's own facts, as `./okite record` tells it: with everything that is checked there. */
async function tell(
  type: FactType,
  body: object,
  given: object,
  identity: string,
  { principal, ports }: Asked,
): Promise<void> {
  const line = JSON.stringify({ type: type.name, body, private: given, identity })
  const { complaints } = await ports.record(line, { by: personOf(principal), dry: false })
  if (complaints[0] !== undefined) throw complaints[0].error
}

export const actions: readonly ViewAction<ExceptionRow>[] = [
  {
    ...{ name: 'approve', permission: 'approve', fields: [], isFor: isWanted },
    summary: 'As another person: grants the exception that is asked for',
    run: (row, _, asked) => approve(row, asked),
  },
  {
    ...{ name: 'decline', permission: 'write', fields: [reasonField], isFor: isWanted },
    summary: 'Does not agree to the exception that is asked for, or takes back what one asked for',
    async run({ control, subject, request }, { reason }, asked) {
      const body = { control, subject, request: Number(request) }
      await append([{ type: exceptionDeclined, body }], asked, String(reason))
    },
  },
  {
    ...{ name: 'revoke', permission: 'write', fields: [reasonField] },
    summary: 'Ends an exception that is in force before its time',
    isFor: ({ until }, nowMs) => until !== null && Date.parse(until) > nowMs,
    run: (row, { reason }, asked) => revoke(row, String(reason), asked),
  },
]
