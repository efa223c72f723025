import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSampleProgram } from '../scripts/sample-program.ts'
import { findInstance } from '../src/core/db/instance.ts'
import { percentile, printFigure, printMachine } from './machine.ts'

/**
 * The sample organisation as many people at their screens use it at once: what each route takes at 200
 * requests a second, through sockets.
 *
 *   chrt -r 10 ./okite run bench/api.ts [HOME] [SECONDS]     HOME has a sample, or one is made
 *
 * Requests are sent by the clock and not one after another, so that one that is slow makes the next wait:
 * that is in its figure. The program, its database and what asks share the cores.
 */

const home = process.argv[2] ?? join(import.meta.dirname, '../dist/sample')
const seconds = Number(process.argv[3] ?? 20)
const perSecond = 200
const answerMsMax = 50
/** A session may ask fifty times a second, and so many may be begun at once. */
const sessions = 8
/** Before anything is counted: code is compiled, registers are read. */
const warmSeconds = 5
/** Ticks of the processor's clock a second: the same on every Linux (`sysconf(_SC_CLK_TCK)`). */
const ticksPerSecond = 100

type Answer = Readonly<{ status: number; text: string; cookie: string }>
/** A route, as `nth` asks it; `share` of a round of all. */
type Screen = Readonly<{ name: string; share: number; path(nth: number): string }>

printMachine(`chrt -r 10 ./okite run bench/api.ts ${process.argv.slice(2).join(' ')}`)
const program = await startSampleProgram(home)
const { origin } = new URL(program.link)
const agent = new Agent({ keepAlive: true, maxSockets: sessions * 6 })
const instance = findInstance(`${home}-sample`)
try {
  const cookies = [await enter(program.link)]
  while (cookies.length < sessions) {
    if (instance === null) throw new Error('the program cannot be asked for more links')
    const { link } = (await instance.ask('POST', '/link')) as { link: string }
    cookies.push(await enter(link))
  }
  const screens = await screensOf(cookies[0] ?? '')
  await drive(screens, cookies, warmSeconds)
  const before = processorSeconds(program.pid)
  const took = await drive(screens, cookies, seconds)
  print(took, processorSeconds(program.pid) - before)
} finally {
  agent.destroy()
  await program.stop()
}

async function enter(link: string): Promise<string> {
  const token = new URL(link).hash.replace('#token=', '')
  return (await send('/session', '', { token })).cookie
}

function send(path: string, cookie: string, body?: object, isAgain = false): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${origin}/api${path}`, {
      agent,
      method: body === undefined ? 'GET' : 'POST',
      headers: { cookie, ...(body && { origin, 'content-type': 'application/json' }) },
    })
    sent.on('error', (error: NodeJS.ErrnoException) => {
      // The server closed a connection that had been idle just when it was to be used again (RFC 9112, 9.5).
      const isStale = sent.reusedSocket && error.code === 'ECONNRESET' && !isAgain
      if (isStale) resolve(send(path, cookie, body, true))
      else reject(error)
    })
    sent.on('response', came => {
      const pieces: Buffer[] = []
      came.on('data', (piece: Buffer) => pieces.push(piece))
      came.on('error', reject)
      came.on('end', () =>
        resolve({
          status: came.statusCode ?? 0,
          text: Buffer.concat(pieces).toString(),
          cookie: (came.headers['set-cookie']?.[0] ?? '').split(';', 1)[0] ?? '',
        }),
      )
    })
    sent.end(body && JSON.stringify(body))
  })
}

/** What people open, and how often: a list is read again more often than a form is opened. */
async function screensOf(cookie: string): Promise<readonly Screen[]> {
  const read = async (path: string) => JSON.parse((await send(path, cookie)).text)
  const policy = await read('/policy?locale=ja')
  const sentences = policy.sections.flatMap((section: any) =>
    section.groups.flatMap((group: any) => group.statements),
  )
  const ids: string[] = sentences.map(({ id }: any) => id)
  const controls: string[] = [
    ...new Set<string>(sentences.flatMap(({ verdict }: any) => verdict.controls)),
  ]
  const duties: any[] = (await read('/duties?locale=ja&limit=200&together=control')).duties
  const doable = duties.filter(({ what, types }) => what === 'do' && types.length > 0)
  const { size } = await read('/evidence/ledger')
  const types: string[] = (await read('/evidence/types')).types.map(({ type }: any) => type)
  const entries = async (register: string): Promise<string[]> =>
    (await read(`/registers/${register}?limit=200`)).rows.map(({ id }: any) => id)
  const [people, assets] = [await entries('person'), await entries('asset')]
  const feed = await shareFeed(cookie)
  const one = <T>(all: readonly T[], nth: number) =>
    encodeURIComponent(String(all[nth % all.length]))
  const locale = (nth: number) => `locale=${['ja', 'zh-TW', 'en'][nth % 3]}`
  const day = (nth: number) => {
    const today = Temporal.PlainDate.from(policy.day)
    return today.subtract({ days: 1 + ((nth * 37) % 300) }).toString()
  }
  return [
    screen('session', 4, () => '/session'),
    screen('policy', 6, nth => `/policy?${locale(nth)}`),
    screen('policy, a day gone by', 2, nth => `/policy?${locale(nth)}&at=${day(nth)}`),
    screen('sentence', 12, nth => `/policy/statements/${one(ids, nth * 7)}`),
    screen(
      'sentence, a day gone by',
      2,
      nth => `/policy/statements/${one(ids, nth)}?at=${day(nth)}`,
    ),
    screen('subjects', 3, nth => `/policy/controls/${one(controls, nth)}/subjects`),
    screen('figures', 3, nth => `/policy/controls/${one(controls, nth)}/figures`),
    screen('frameworks', 2, nth => `/policy/frameworks?${locale(nth)}`),
    screen('findings', 1, nth => `/policy/findings?${locale(nth)}`),
    screen('fact with its proof', 3, nth => `/facts/${(nth * 7_919) % size}`),
    screen('my duties', 6, nth => `/duties/mine?${locale(nth)}&limit=50&together=control`),
    screen('duties of all', 3, nth => `/duties?${locale(nth)}&limit=50&together=control`),
    screen('duties that wait', 1, nth => `/duties/waiting?${locale(nth)}`),
    screen('duties by office', 2, nth => `/duties/overview?${locale(nth)}`),
    screen('duty', 4, nth => `/duties/one?${locale(nth)}&id=${one(duties.map(idOf), nth)}`),
    screen('form', 3, nth => `/duties/form?${locale(nth)}&id=${one(doable.map(idOf), nth)}`),
    screen('notices', 1, nth => `/duties/notices?${locale(nth)}`),
    screen('calendar', 2, nth => `/calendar/${feed}.ics?${locale(nth)}`),
    screen('register, about', 4, nth => `/registers/${['person', 'asset', 'role'][nth % 3]}/about`),
    screen('register, searched', 6, nth => `/registers/person?text=p-0${nth % 200}`),
    screen(
      'register, in order',
      4,
      nth => `/registers/asset?sort=kind&limit=200&offset=${nth % 200}`,
    ),
    screen('register, person', 2, nth => `/registers/person/entry?id=${one(people, nth)}`),
    screen('register, asset', 2, nth => `/registers/asset/entry?id=${one(assets, nth)}`),
    screen('evidence, newest', 4, () => '/evidence/facts?limit=50'),
    screen('evidence, of a type', 3, nth => `/evidence/facts?limit=50&type=${one(types, nth)}`),
    screen(
      'evidence, of a subject',
      2,
      nth => `/evidence/facts?limit=50&subject=${one(people, nth)}`,
    ),
    screen('evidence, a word', 1, nth => `/evidence/facts?limit=50&text=${one(people, nth)}`),
    screen('evidence, types', 1, () => '/evidence/types'),
    screen('evidence, one', 4, nth => `/evidence/facts/${(nth * 7_919) % size}`),
    screen('evidence, ledger', 1, () => '/evidence/ledger'),
  ]
}

function screen(name: string, share: number, path: Screen['path']): Screen {
  return { name, share, path }
}

function idOf({ id }: { id: string }): string {
  return id
}

/**
 * An address for a calendar. Who looks around in a sample stands in no register, and nobody in it has an
 * account: somebody is entered for it, and his address recorded, once for each folder.
 */
async function shareFeed(cookie: string): Promise<string> {
  const values = { number: 'bench', name: 'Bench', mail: 'bench@kazami.example' }
  await send('/registers/person', cookie, {
    values: { ...values, kind: 'employee', department: 'Bench' },
  })
  const token = createHash('sha256').update('bench').digest('base64url')
  const folder = mkdtempSync(join(tmpdir(), 'okite-bench-'))
  const path = join(folder, 'feed.jsonl')
  const feed = createHash('sha256').update(token).digest('hex')
  writeFileSync(path, JSON.stringify({ type: 'duty.calendar.shared', body: { feed } }))
  await instance?.ask('POST', '/record', { path, by: 'register:bench', dry: false })
  rmSync(folder, { recursive: true })
  return token
}

/** Every screen in its share, mixed evenly, for so many seconds. */
async function drive(
  screens: readonly Screen[],
  cookies: readonly string[],
  seconds: number,
): Promise<ReadonlyMap<string, number[]>> {
  const round = screens
    .flatMap(one =>
      Array.from({ length: one.share }, (_, nth) => ({ one, at: (nth + 0.5) / one.share })),
    )
    .sort((a, b) => a.at - b.at)
  const took = new Map<string, number[]>(screens.map(({ name }) => [name, []]))
  const refused = new Map<string, string>()
  const asked = new Map<Screen, number>()
  const start = performance.now()
  const all = Array.from({ length: perSecond * seconds }, async (_, nth) => {
    const { one } = round[nth % round.length]!
    const dueMs = start + (nth * 1_000) / perSecond
    await new Promise(resolve => setTimeout(resolve, Math.max(0, dueMs - performance.now())))
    const path = one.path(asked.get(one) ?? 0)
    asked.set(one, (asked.get(one) ?? 0) + 1)
    const { status, text } = await send(path, cookies[nth % cookies.length] ?? '')
    if (status !== 200) refused.set(one.name, `${status} ${path} ${text.slice(0, 200)}`)
    took.get(one.name)?.push(performance.now() - dueMs)
  })
  await Promise.all(all)
  // What is refused is no figure: the bench asks what is not there, or the program is broken.
  for (const [name, why] of refused) throw new Error(`${name}: ${why}`)
  return took
}

function print(took: ReadonlyMap<string, number[]>, spentSeconds: number): void {
  const told = (name: string, all: number[]) => {
    const sorted = all.toSorted((a, b) => a - b)
    const [p50, p99, most] = [percentile(sorted, 0.5), percentile(sorted, 0.99), sorted.at(-1) ?? 0]
    const ms = (value: number) => `${value.toFixed(1).padStart(8)} ms`
    console.log(
      `  ${name.padEnd(28)} ${String(all.length).padStart(5)} ×  p50 ${ms(p50)}  p99 ${ms(p99)}  worst ${ms(most)}`,
    )
    return { p50, p99 }
  }
  for (const [name, all] of took) told(name, all)
  const all = [...took.values()].flat()
  const { p50, p99 } = told('all', all)
  console.log(
    `  the program's processor time: ${((spentSeconds * 1_000) / all.length).toFixed(2)} ms a request\n`,
  )
  printFigure(`sample organisation, ${perSecond} requests/s: p50`, p50, 'ms', answerMsMax, 'atMost')
  printFigure(`sample organisation, ${perSecond} requests/s: p99`, p99, 'ms', answerMsMax, 'atMost')
  process.exitCode = p99 <= answerMsMax ? 0 : 1
}

/** What a process has had of the cores, which others who use them do not change. */
function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}
