import { join } from 'node:path'
import type { BrowserContext } from 'playwright-core'
import type { Observation } from '../../src/core/fact.ts'
import { createCompany } from '../../src/core/sample/company.ts'
import { observationOf, tellYear } from '../../src/core/sample/fill.ts'
import type { Told } from '../../src/core/sample/story.ts'
import { createYear } from '../../src/core/sample/year.ts'
import { toInstant } from '../../src/core/time.ts'
import { setUpProgram } from '../enter.ts'
import { startProgram } from '../journey/program.ts'

type Running = Awaited<ReturnType<typeof startProgram>>

const source = join(import.meta.dirname, '../../src')
const seed = 1
const number = 'p-9000'
const mail = 'owner@kazami.example'

/**
 * The program, set up by an administrator who is the CISO of the sample company, with the company's first
 * day: everything that it ever lists is there, and of what its year brings later the first of each kind
 * as though it had come then. So it is there in seconds, and what a module tells in its `sample.ts` is on
 * its screens.
 */
export async function startCompany(webFolder: string) {
  const program = await startProgram(webFolder)
  try {
    return await fill(program)
  } catch (error) {
    // Nobody else knows of it yet: left alone it would keep the tests from ending.
    await program.close()
    throw error
  }
}

async function fill(program: Running) {
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
    const day = [...firstOfAll(told, midnightMs), ...claims(told, midnightMs)]
    await Promise.all(day.map(one => open.observe(one.module, observationOf(one))))
    // Last of all: he comes after who held the office before.
    for (const [module, one] of owner(told, toInstant(clock.nowMs())))
      await open.observe(module, one)
  })
  await judged(program)
  const link = await program.http.link()
  const { cookie } = await setUpProgram(link, clock.nowMs(), mail)
  await doWhatIsAsked(program, cookie)
  const [name = '', value = ''] = cookie.split('=')
  return {
    ...program,
    /** Of the administrator, for a browser. */
    signIn: (context: BrowserContext) =>
      context.addCookies([{ name, value, url, httpOnly: true, sameSite: 'Strict' as const }]),
  }
}

/** The administrator, as the register knows him, and his office; each with the module that says so. */
function owner(told: readonly Told[], occurred: string) {
  const person = { person: `hr:${number}` }
  const how = { source: 'import hr', trust: 'record', occurred, observed: occurred } as const
  const say = (name: string, body: object, slots: Observation['private'] = {}) => {
    const { module, type } = told.find(one => one.type.name === name) as Told
    const one = { ...how, type, body, private: slots, identity: `owner ${name}` }
    return [module, one as Observation<any>] as const
  }
  return [
    say(
      'person.joined',
      { person: number, kind: 'employee', department: null },
      {
        staff: { ...person, value: number },
        name: { ...person, value: 'Owner' },
        mail: { ...person, value: mail },
      },
    ),
    say('role.holder.appointed', {
      ...{ role: 'ciso', person: number, from: occurred.slice(0, 10), until: null },
    }),
  ]
}

/** All that was said is concluded and in the tables: on a busy machine later than somebody asks. */
async function judged({ okite, clock }: Running): Promise<void> {
  for (;;) {
    const isJudged = okite.judges.judged === (await okite.ledger.size())
    if (isJudged && (await okite.reader.behind(clock.nowMs())) === null) break
    okite.judges.poke()
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  await okite.tables.follow()
}

/** What the year of the sample lacks, done as on the screens: something waits, is delegated, is asked for. */
async function doWhatIsAsked(program: Running, cookie: string): Promise<void> {
  const { url } = program
  const ask = async (path: string, body?: object): Promise<any> => {
    const response = await fetch(`${url}/api${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { cookie, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${path}: ${text}`)
    return JSON.parse(text)
  }
  await ask('/account/bind', { number })
  const enter = (register: string, values: object) => ask(`/registers/${register}`, { values })
  await enter('contact', {
    body: 'cert-1',
    region: 'taiwan',
    kind: 'cert',
    ways: '+886 2 0000 0000',
  })
  await enter('service', { service: 'portal', owner: 'infrastructure', rto: '4', rpo: '1' })
  const { columns } = await ask('/registers/exception/about')
  const [control] = columns.find((one: { name: string }) => one.name === 'control').choices
  await enter('exception', {
    ...{ control, subject: 'p-0001', until: '2026-12-31' },
    ...{ reason: 'on leave', measure: 'no access meanwhile' },
  })
  const change = { reason: 'entered twice', key: 'of-the-company' }
  await ask('/evidence/changes', { ...change, kind: 'retract', target: 1 })
  await ask('/evidence/changes', { ...change, kind: 'hold', person: 'p-0003@kazami.example' })
  await judged(program)
  const { duties } = await ask('/duties/mine?locale=en')
  const [first] = duties
  await ask('/duties/delegate', { id: first.id, to: 'p-0004', note: 'while I am away' })
  await judged(program)
}

/** What people say of themselves, so that a second person has something to accept. */
const claims = (told: readonly Told[], atMs: number): readonly Told[] =>
  told
    .filter(({ type }) => type.bySubject)
    .slice(0, 2)
    .map(one => ({
      ...{ ...one, trust: 'claim', identity: `claim ${one.identity}` },
      ...{ atMs: atMs - 1, occurredMs: Math.min(one.occurredMs, atMs - 1) },
    }))

/** What is told before an instant, and then the first of each type that had not come by then. */
function firstOfAll(told: readonly Told[], untilMs: number): readonly Told[] {
  const types = new Set<string>()
  return told.flatMap(one => {
    const isFirst = !types.has(one.type.name)
    types.add(one.type.name)
    if (one.atMs < untilMs) return [one]
    const atMs = untilMs - 1
    return isFirst ? [{ ...one, atMs, occurredMs: Math.min(one.occurredMs, atMs) }] : []
  })
}
