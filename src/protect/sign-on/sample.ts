import { defineSample, hashOf, inParts, nothingElse, type Story } from '../../core/sample/story.ts'
import {
  accountCounted,
  accountListed,
  accountRemoved,
  accountsCompared,
  accountsDeclared,
  applicationCounted,
  applicationRead,
  methodsRead,
  passwordRead,
  systemCounted,
} from './facts.ts'

const dayMs = 86_400_000
/** Since when the service of sign-on is asked. */
const askedDays = 2

/** An account for everybody who works here, with two factors; applications and systems behind it. */
export default defineSample(story => {
  const { year, company, tell } = story
  const accountOf = (number: string) => `a-${number.slice(2)}`
  for (const { number, joinedMs, leftMs, kind } of company.people) {
    const account = accountOf(number)
    tell(accountListed, joinedMs + 1_800_000, {
      ...{ account, kind, person: number, application: null, hasPassword: true },
      ...{ isPrivileged: false, reachesImportant: false },
    })
    if (leftMs !== null) tell(accountRemoved, leftMs + 1_800_000, { account })
  }
  for (const day of year.every(5)) {
    const atMs = year.at(day, '12:20')
    const seen = company.staff(atMs).map(one => accountOf(one.number))
    tell(accountsDeclared, atMs, { accounts: seen.length, hash: hashOf('accounts') })
    for (const part of inParts(seen))
      tell(accountsCompared, atMs + 60_000, { ...part, ...nothingElse('accounts') })
  }
  tellMethods(story, accountOf)
  for (const day of year.last(5)) {
    const toMs = year.at(day, '00:00')
    const span = { from: year.instant(toMs - 7 * dayMs), to: year.instant(toMs) }
    for (const application of company.assetsOf('application')) {
      tell(applicationRead, year.at(day, '04:40'), { application, protocol: 'openid-connect' })
      const counts = { throughService: 214, local: 0 }
      tell(applicationCounted, year.at(day, '04:40'), { application, ...span, ...counts })
    }
    for (const system of company.assetsOf('system'))
      tell(systemCounted, year.at(day, '04:40'), {
        ...{ system, ...span, groups: [{ by: 'fingerprint', signIns: 80 }] },
      })
  }
})

function tellMethods({ year, company, tell }: Story, accountOf: (number: string) => string): void {
  const methods = ['password', 'totp'] as const
  for (const day of year.last(askedDays)) {
    const atMs = year.at(day, '04:50')
    const toMs = year.at(day, '00:00')
    const span = { from: year.instant(toMs - 7 * dayMs), to: year.instant(toMs) }
    for (const { number } of company.staff(atMs)) {
      const account = accountOf(number)
      tell(methodsRead, atMs, { account, methods: [...methods] })
      const groups = [{ methods: [...methods], signIns: 40 }]
      tell(accountCounted, atMs, { account, ...span, groups })
      tell(passwordRead, atMs, {
        ...{ account, changed: year.instant(toMs - 40 * dayMs), length: 14, classes: 3 },
        ruleSince: year.instant(toMs - 400 * dayMs),
      })
    }
  }
}
