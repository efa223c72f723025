import { strict as assert } from 'node:assert'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { createIssuer, freePort, missing } from '../../src/core/http/testing-tls.ts'
import { setUpProgram } from '../enter.ts'

/** The program as it is started, over TLS, and the commands that let people in. */

const skip = missing('openssl')
const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts')
const folder = mkdtempSync(join(tmpdir(), 'okite-in-'))
const environment = { ...process.env, OKITE_HOME: join(folder, 'data'), OKITE_LANG: 'en' }
const trusted = getCACertificates()
let issuer: ReturnType<typeof createIssuer>
let origin = ''
let program: ChildProcess | null = null

/** Beside our own loop: a connection that the program closes meanwhile is seen, and not used again. */
async function okite(...words: string[]) {
  const asked = spawn(process.execPath, [main, ...words], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, [status]] = await Promise.all([
    text(asked.stdout),
    text(asked.stderr),
    once(asked, 'close') as Promise<[number | null]>,
  ])
  return { stdout, stderr, status }
}

before(async () => {
  if (skip) return
  issuer = createIssuer()
  const { certificate, key } = issuer.issue('own', 'localhost')
  setDefaultCACertificates([...trusted, readFileSync(certificate, 'utf8')])
  const port = await freePort()
  origin = `https://localhost:${port}`
  mkdirSync(join(folder, 'data'), { mode: 0o700 })
  writeFileSync(
    join(folder, 'data', 'okite.yaml'),
    [
      ...[`port: ${port}`, `publicUrl: ${origin}`],
      ...[`tlsCertificateFile: ${certificate}`, `tlsKeyFile: ${key}`],
    ].join('\n'),
  )
})
after(() => {
  program?.kill('SIGKILL')
  setDefaultCACertificates(trusted)
  issuer?.remove()
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
})

async function start(): Promise<string> {
  program = spawn(process.execPath, [main, 'start'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let said = ''
  for await (const chunk of program.stdout ?? []) {
    said += String(chunk)
    const link = /^open {2}(\S+)$/m.exec(said)?.[1]
    if (link !== undefined) return link
  }
  throw new Error(`it did not start: ${said}`)
}

async function stop(): Promise<void> {
  const gone = new Promise(resolve => program?.once('close', resolve))
  program?.stdout?.resume()
  const { status, stderr } = await okite('stop')
  assert.equal(status, 0, stderr)
  await gone
  program = null
}

const statusOf = async (cookie: string) =>
  (await fetch(`${origin}/api/session`, { headers: { cookie } })).status

test('ACC7 set-up link, restart, reset: the commands of the machine, and what they end', {
  skip,
}, async () => {
  const printed = await start()
  assert.ok(printed.startsWith(`${origin}/#enrol=`), printed)
  const link = (await okite('setup-link')).stdout.trim()
  assert.ok(link.startsWith(`${origin}/#enrol=`), link)
  await assert.rejects(
    setUpProgram(printed),
    /ACCOUNT_INVITATION/,
    'a newer link stands for the older',
  )
  const { cookie } = await setUpProgram(link)
  assert.match(cookie, /^__Host-okite=/)
  assert.equal(await statusOf(cookie), 200)
  assert.equal(
    (await okite('setup-link')).stdout.trim(),
    `${origin}/`,
    'somebody is set up: no other way in',
  )
  const refused = await okite('reset-admin', 'nobody@example.org')
  assert.equal(refused.status, 1)
  assert.match(refused.stderr, /ACCOUNT_RESET/)
  assert.equal(await statusOf(cookie), 200, 'a refused reset ends nothing')

  await stop()
  assert.equal(await start(), `${origin}/`)
  assert.equal(await statusOf(cookie), 200, 'a restart keeps sessions')

  const reset = (await okite('reset-admin')).stdout.trim()
  assert.ok(reset.startsWith(`${origin}/#enrol=`), reset)
  assert.equal(await statusOf(cookie), 401, 'a reset ends what runs')
  const open = (token: string) =>
    fetch(`${origin}/api/enrolment`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    })
  const opened = await open(new URL(reset).hash.replace('#enrol=', ''))
  assert.deepEqual(await opened.json(), {
    ...{ purpose: 'reset', name: 'First Administrator', mail: 'first@example.org' },
  })
  assert.equal((await open('guess')).status, 401)
  await stop()
  assert.equal((await okite('reset-admin')).status, 1, 'of a program that does not run')
})
