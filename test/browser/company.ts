import { join } from 'node:path'
import type { BrowserContext } from 'playwright-core'
import { createCompany } from '../../src/core/sample/company.ts'
import { observationOf, tellYear } from '../../src/core/sample/fill.ts'
import { createYear } from '../../src/core/sample/year.ts'
import { setUpProgram } from '../enter.ts'
import { startProgram } from '../journey/program.ts'

const source = join(import.meta.dirname, '../../src')
const seed = 1

/**
 * The program, set up by an administrator who is the CISO as well, with the first day of the sample
 * company: everything that it ever lists is there, and of its year nothing more, so that it is there in
 * seconds. What a module tells in its `sample.ts` is on its screens here.
 */
export async function startCompany(webFolder: string) {
  const program = await startProgram(webFolder)
  const { okite, clock, url } = program
  const policy = okite.policyNow()
  const { zone } = policy.organisation
  const begin = Temporal.Instant.fromEpochMilliseconds(clock.nowMs()).toZonedDateTimeISO(zone)
  const year = createYear(begin.add({ years: 1 }).epochMilliseconds, zone)
  const midnightMs = year.days[1] ?? year.endMs
  const company = createCompany({ seed, year, policy })
  const told = await tellYear(source, { year, company, seed })
  clock.add(midnightMs - clock.nowMs())
  await okite.ledger.write(async open => {
    const day = told.filter(({ atMs }) => atMs < midnightMs)
    await Promise.all(day.map(one => open.observe(one.module, observationOf(one))))
  })
  const { cookie } = await setUpProgram(await program.http.link(), clock.nowMs())
  const [name = '', value = ''] = cookie.split('=')
  return {
    ...program,
    /** Of the administrator, for a browser. */
    signIn: (context: BrowserContext) =>
      context.addCookies([{ name, value, url, httpOnly: true, sameSite: 'Strict' as const }]),
  }
}
