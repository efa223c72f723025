import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { z } from 'zod'
import { requireShown } from '../ledger/proven.ts'
import { defineRoute } from '../module.ts'
import { get, onSessionLost, post, send } from './client.ts'
import { serverNowMs } from './clock.ts'
import { Problem, particularsOf, problemText } from './problem.ts'

const readThing = defineRoute({
  method: 'get',
  path: '/things/{id}',
  permission: 'thing.read',
  summary: 'A thing',
  params: z.strictObject({ id: z.string() }),
  query: z.strictObject({ on: z.string().optional(), most: z.number().optional() }),
  response: z.object({ name: z.string() }),
  run: async ({ params }) => ({ name: params.id }),
})

const saveThing = defineRoute({
  method: 'post',
  path: '/things',
  permission: 'thing.write',
  summary: 'Saves a thing',
  body: z.strictObject({ name: z.string() }),
  response: z.object({}),
  run: async () => ({}),
})

const network = globalThis.fetch
afterEach(() => {
  globalThis.fetch = network
})
/** The network is a port: what was asked, and what it answers. */
function answerWith(body: unknown, init: ResponseInit = {}): Request[] {
  const asked: Request[] = []
  globalThis.fetch = async (path, given) => {
    asked.push(new Request(`http://localhost${path as string}`, given))
    return new Response(JSON.stringify(body), init)
  }
  return asked
}

test('an address is filled from the route it means; what is undefined is not asked', () => {
  const { path } = get<typeof readThing>('/things/{id}', {
    params: { id: 'a/b c' },
    query: { on: undefined, most: 5 },
  })
  assert.equal(path, '/things/a%2Fb%20c?most=5')
  // @ts-expect-error another path is not this route's
  get<typeof readThing>('/thing/{id}', { params: { id: 'a' } })
  // @ts-expect-error its id is asked for
  get<typeof readThing>('/things/{id}', {})
})

test('RFC 9110 §13.1.1 a write gives back the version that was read', async () => {
  const asked = answerWith({}, { headers: { etag: 'W/"7"', date: new Date().toUTCString() } })
  const outcome = await send(
    post<typeof saveThing>('/things', { body: { name: 'x' }, version: '6' }),
  )
  assert.equal(asked[0]?.headers.get('if-match'), '"6"')
  assert.ok(outcome.ok && outcome.version === '7')
})

test('UAX #9 what turns a text around is still while a page has it, and what it was where it is sent', async () => {
  const [name, still] = ['x\u2069\u202ey', 'x\ufdd8\ufdd4y']
  const leaf = JSON.stringify({ name })
  const asked = answerWith({ name, leaf, people: [{ name }] })
  const { path } = get<typeof readThing>('/things/{id}', {
    params: { id: still },
    query: { on: still },
  })
  const outcome = await send<object>({ method: 'get', path })
  assert.deepEqual(outcome.ok && outcome.value, { name: still, leaf, people: [{ name: still }] })
  const { pathname, searchParams } = new URL(asked[0]!.url)
  assert.equal(decodeURIComponent(pathname), `/api/things/${name}`)
  assert.equal(searchParams.get('on'), name)
  await send(post<typeof saveThing>('/things', { body: { name: still } }))
  assert.deepEqual(await asked[1]!.json(), { name })
  requireShown(0, JSON.parse(leaf), { name: still })
  assert.throws(() => requireShown(0, JSON.parse(leaf), { name: 'xy' }), /PROOF_NOT_SHOWN/)
})

test('RFC 9457 a problem is a value: its fields by name, its words by code', async () => {
  const type = { 'content-type': 'application/problem+json' }
  const data = { part: 'body', at: 'name: too_big, people.0.mail: invalid_format' }
  answerWith({ code: 'HTTP_INPUT', status: 400, title: 'no', data }, { status: 400, headers: type })
  const outcome = await send({ method: 'get', path: '/things' })
  assert.ok(!outcome.ok && !outcome.problem.isConflict)
  assert.deepEqual(
    [...outcome.problem.fields],
    [
      ['name', 'too_big'],
      ['people.0.mail', 'invalid_format'],
    ],
  )
  const own = new Problem({ code: 'PERSON_TWICE', status: 412, data: { field: 'number' } })
  assert.ok(own.isConflict)
  assert.deepEqual([...own.fields], [['number', 'PERSON_TWICE']])
  const t = (id: string) => `<${id}>`
  const knows = (...ids: string[]) => ({ t, has: (id: string) => ids.includes(id) })
  const [said, remedy] = ['error.PERSON-TWICE', 'error.PERSON-TWICE.remedy']
  const textOf = (...ids: string[]) => problemText(knows(...ids), own)
  assert.deepEqual(textOf(said), { what: `<${said}>`, remedy: '' })
  assert.deepEqual(textOf(said, remedy), { what: `<${said}>`, remedy: `<${remedy}>` })
  // At the command line another thing is done about it than here.
  assert.equal(textOf(said, remedy, `${remedy}.screen`).remedy, `<${remedy}.screen>`)
})

test('no network and a foreign answer are problems too; a lost session is told', async () => {
  globalThis.fetch = () => Promise.reject(new TypeError('failed'))
  const none = await send({ method: 'get', path: '/things' })
  assert.equal(!none.ok && none.problem.code, 'HTTP_UNREACHABLE')
  let lost = 0
  const stop = onSessionLost(() => (lost += 1))
  answerWith('<html>', { status: 401 })
  const foreign = await send({ method: 'get', path: '/things' })
  assert.equal(!foreign.ok && foreign.problem.code, 'HTTP_FOREIGN')
  assert.equal(lost, 1)
  stop()
})

test("the clock is the server's, to a second", async () => {
  const ms = Date.parse('2031-01-01T00:00:00Z')
  answerWith({}, { headers: { date: new Date(ms).toUTCString() } })
  await send({ method: 'get', path: '/things' })
  assert.ok(Math.abs(serverNowMs() - ms) <= 1_000)
})

test('a problem names what is wrong by the words that there are, and nothing of any size', () => {
  const words = {
    t: (id: string) => `<${id}>`,
    has: (id: string) => !['error.data.pid', 'error.data.fields'].includes(id),
  }
  const data = {
    column: 'foo',
    others: ['bar', 'baz'],
    line: 3,
    pid: 4,
    fields: [{ code: 'C' }],
    empty: '',
  }
  assert.deepEqual(
    particularsOf(words, { data }).map(({ name, value }) => `${name} ${value}`),
    ['column foo', 'others bar, baz', 'line 3'],
  )
  const long = particularsOf(words, { data: { column: 'a'.repeat(100_000) } })
  assert.equal(long[0]?.value.length, 300)
})
