import { state } from '../../../core/control/state.ts'
import { accounts, passwordRead } from '../facts.ts'
import { after } from './span.ts'

/**
 * Every password was set under a rule that asks for enough characters of enough classes, and is not
 * older than it may be. One that was set before the rule is unknown: nobody can read its length.
 */
export const passwordRules = state({
  id: 'protect.sign-on.password-rules',
  version: 1,
  owner: 'identity',
  params: {
    passwordLengthAtLeast: 12,
    /** The policy says "mixed": two classes are the least that is a mixture. */
    passwordClassesAtLeast: 2,
    passwordAgeMax: 'P90D',
    fresh: 'P2D',
    listFresh: 'P90D',
    comparedFresh: 'P7D',
  },
  population: accounts(account => account.hasPassword),
  slots: {
    password: {
      type: passwordRead,
      key: f => f.body.account,
      fresh: params => String(params['fresh']),
    },
  },
  holds: ({ password }, now, params) => {
    const { changed, length, classes, ruleSince } = password.body
    const broken = (code: string, args: Record<string, number>) =>
      ({ status: 'broken', reason: { code, args } }) as const
    const least = Number(params['passwordLengthAtLeast'])
    if (length < least) return broken('sign-on.password.short', { length, least })
    const mixed = Number(params['passwordClassesAtLeast'])
    if (classes < mixed) return broken('sign-on.password.plain', { classes, least: mixed })
    if (changed === null)
      return { status: 'unknown', reason: { code: 'sign-on.password.undated', args: {} } }
    if (after(changed, 'passwordAgeMax', params) <= now) return broken('sign-on.password.old', {})
    if (changed < ruleSince)
      return { status: 'unknown', reason: { code: 'sign-on.password.before.rule', args: {} } }
    return true
  },
  until: ({ password }, params) =>
    password.body.changed === null ? null : after(password.body.changed, 'passwordAgeMax', params),
})
