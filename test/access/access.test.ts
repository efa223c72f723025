import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { requireOwn, scopeOf } from '../../src/core/account/own.ts'
import {
  permissionsOf,
  permissionTable,
  type RoleName,
  roles,
} from '../../src/core/account/roles.ts'
import {
  type Answer,
  admit,
  type Browser,
  type Installation,
  ok,
  type Someone,
  setUp,
  signIn,
  startInstallation,
} from '../../src/core/account/testing.ts'
import { startTestServer, type TestServer } from '../../src/core/ledger/testing.ts'
import type { Principal } from '../../src/core/module.ts'
import { discoverModules } from '../../src/core/run/discover.ts'

/**
 * Every route × who asks, against a table that a person has written by hand: a route that it does not
 * have fails, and so does one that it has and nobody serves.
 */

type Row = Readonly<{ method: string; path: string; may: ReadonlySet<string> }>

const table: readonly Row[] = readFileSync(join(import.meta.dirname, 'expected.txt'), 'utf8')
  .split('\n')
  .filter(line => line !== '' && !line.startsWith('#'))
  .map(line => {
    const [method = '', path = '', ...may] = line.split(/\s+/)
    return { method, path, may: new Set(may) }
  })

let server: TestServer
let installation: Installation
let first: Someone
const people = new Map<string, Browser>()

before(async () => {
  server = await startTestServer()
  const { modules } = await discoverModules(join(import.meta.dirname, '../../src'))
  const rate = { burst: 1e9, perSecond: 1e9 }
  installation = await startInstallation(server, { modules, limits: { rate, rateOutside: rate } })
  first = await setUp(installation)
  people.set('administrator', first.browser)
  // One person goes through the roles one after the other: each is his only one.
  const sato = await admit(installation, first, 'p-sato', ['member'])
  for (const role of roles.filter(each => each !== 'administrator')) {
    const guest = installation.browser()
    people.set(role, guest)
    roleOf.set(role, async () => {
      await ok(first.browser.post('/accounts/roles', { id: sato.account, roles: [role] }))
      await signIn(installation, sato, guest)
    })
  }
  people.set('outside', installation.browser())
})
const roleOf = new Map<RoleName, () => Promise<void>>()
after(async () => {
  await installation.close()
  await server.stop()
})

test('ASVS V8.2.1 the table has every route, and no other', () => {
  const { paths } = installation.http.document as { paths: Record<string, Record<string, unknown>> }
  const served = Object.entries(paths)
    .flatMap(([path, methods]) => Object.keys(methods).map(method => `${method} ${path}`))
    .sort()
  assert.deepEqual(table.map(row => `${row.method} ${row.path}`).sort(), served)
})

test('ASVS V8.2.1 every route × role: who may not is told so before anything is read', async () => {
  for (const who of ['outside', ...roles]) {
    await roleOf.get(who as RoleName)?.()
    const browser = people.get(who)
    assert.ok(browser)
    // What ends the session or streams for ever is asked for elsewhere.
    for (const { method, path, may } of table.filter(
      row => !/\/(events|session\/end)$/.test(row.path),
    )) {
      const filled = path.replace('/api', '').replaceAll(/\{[^}]*\}/g, '1')
      // A body that no schema takes: whoever gets past the door changes nothing.
      const answer: Answer =
        method === 'get'
          ? await browser.get(filled)
          : await browser.send(method.toUpperCase(), filled, { no: 'such' })
      const code = answer.body.code as string | undefined
      const isKept = code === 'HTTP_SESSION_NEEDED' || code === 'HTTP_FORBIDDEN'
      assert.equal(!isKept, may.has(who), `${who} ${method} ${path}: ${answer.status} ${code}`)
      if (isKept) assert.equal(answer.status, who === 'outside' ? 401 : 403)
    }
  }
})

test('ASVS V8.2.1 the auditor has nothing that changes anything, the administrator no evidence', async () => {
  const { modules } = await discoverModules(join(import.meta.dirname, '../../src'))
  const may = (role: RoleName) => permissionsOf([role], permissionTable(modules))
  for (const { routes = [] } of modules) {
    for (const route of routes) {
      const changes = route.method !== 'get' && !route.reads
      if (changes) assert.ok(!may('auditor').has(route.permission), route.path)
      if (route.evidence) assert.ok(!may('administrator').has(route.permission), route.path)
    }
  }
  assert.deepEqual([...may('administrator')].sort(), ['account.manage', 'organisation.manage'])
  assert.equal(permissionsOf(['root' as RoleName], permissionTable(modules)).size, 0)
})

test('ASVS V8.2.2 of what is another’s a member learns not even that it is there', () => {
  const principal = (person: string | null, ...permissions: string[]): Principal => ({
    ...{ account: null, person, name: '', roles: [] },
    permissions: new Set(permissions),
  })
  const all = 'thing.read.all'
  const own = principal('staff 1', 'thing.read')
  requireOwn(own, all, ['staff 2', 'staff 1'])
  assert.throws(() => requireOwn(own, all, ['staff 2']), { code: 'HTTP_NOT_FOUND' })
  assert.throws(() => requireOwn(own, all, []), { code: 'HTTP_NOT_FOUND' })
  assert.throws(() => requireOwn(principal(null), all, ['']), { code: 'HTTP_NOT_FOUND' })
  requireOwn(principal(null, all), all, [])
  assert.deepEqual(scopeOf(own, all), { person: 'staff 1' })
  assert.equal(scopeOf(principal('staff 1', all), all), null)
  assert.throws(() => scopeOf(principal(null), all), { code: 'HTTP_FORBIDDEN' })
})
