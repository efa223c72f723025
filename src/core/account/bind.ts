import { OkiteError } from '../error.ts'
import type { Visit } from '../http/door.ts'
import { type Context, needAccount, say } from './context.ts'
import { needFresh } from './enrolment.ts'
import * as facts from './facts.ts'
import { canonicalMail, type Queries } from './store.ts'

const own = Object.values(facts).map(type => type.name)

/**
 * Whoever set Okite up, or was invited before there was a register, is known to the list by his mail
 * address. When the register has him, he says which entry is his; from then on facts name him as it does,
 * and what an office owes finds him.
 *
 * The entry must have the address of the account. And under the old name nothing may stand on the list
 * but accounts and the register itself: of anything else two persons may have to decide, and one who was
 * two would be both of them.
 *
 * @throws OkiteError `ACCOUNT_BOUND`, `ACCOUNT_PERSON`, `ACCOUNT_MAIL_OTHER`, `ACCOUNT_TAKEN`, `ACCOUNT_TOLD`,
 *   those of `needFresh`
 */
export async function bindToRegister(
  context: Context,
  visit: Visit,
  number: string,
): Promise<void> {
  const { store, ledger, directory, registerTypes } = context
  const id = needFresh(context, visit).principal.account!
  const found = (await directory?.(number)) ?? null
  if (found === null) throw new OkiteError('ACCOUNT_PERSON')
  const { subject, owner } = found
  const known = await needAccount(context, context.pool, id)
  // Asked for before the head is locked: who holds it must not wait for another connection.
  const ref = known.owner && (await ledger.refOf(known.owner.person))
  await ledger.write(async batch => {
    const account = await needAccount(context, batch.tx, id)
    if (account.subject !== null || account.owner === null) throw new OkiteError('ACCOUNT_BOUND')
    if (canonicalMail(owner.mail) !== canonicalMail(account.owner.mail))
      throw new OkiteError('ACCOUNT_MAIL_OTHER')
    const others = await store.bySubject(batch.tx, subject)
    if (others.length > 0) throw new OkiteError('ACCOUNT_TAKEN')
    if (ref !== null && (await hasTold(batch.tx, ref, [...own, ...registerTypes])))
      throw new OkiteError('ACCOUNT_TOLD')
    await store.bind(batch.tx, id, { ...account.owner, person: owner.person }, subject)
    // The commit is the point of no return: what he does from here on is told under the other name.
    await say(batch, facts.accountBound, { account: id }, { by: account.owner, person: owner })
  })
}

/** Whether a fact of another type names him. */
async function hasTold(tx: Queries, ref: string, types: readonly string[]): Promise<boolean> {
  const { rowCount } = await tx.query(
    `select from ledger.private p join ledger.person o on o.subject = p.subject
     where o.ref = $1 and not exists (
       select from ledger.fact_type t where t.type = any($2) and t.pos = p.idx)
     limit 1`,
    [ref, types],
  )
  return rowCount !== 0
}
