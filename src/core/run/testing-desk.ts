import { strict as assert } from 'node:assert'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { handClock, memoryLog } from '../ledger/testing.ts'
import type { Principal } from '../module.ts'
import { compose, type Okite } from './compose.ts'
import { recordLines } from './record-command.ts'
import { everyPermission, openHttp } from './serve.ts'

/** A file of a form. */
export type TestFile = Readonly<{ name: string; bytes: Uint8Array }>

/** One person's browser. */
export type TestPerson = Readonly<{
  get(path: string): Promise<any>
  post(path: string, body: unknown): Promise<any>
  /** With files, as a form. */
  send(path: string, fields: unknown, files: readonly TestFile[]): Promise<any>
  /** The code of a refusal. */
  refused(code: string, answer: Promise<Response>): Promise<any>
  fetch(path: string, init?: RequestInit): Promise<Response>
}>

/**
 * The program as it is on a folder of its own, with a clock that the test turns, and people at browsers
 * who ask its routes; for the tests of what people do.
 */
export async function openTestDesk(
  at: string,
  environment: Readonly<Record<string, string>> = {},
  /** Lines of `okite.yaml`. */
  settings: readonly string[] = [],
) {
  const project = join(import.meta.dirname, '../../..')
  const folder = mkdtempSync(join(tmpdir(), 'okd-'))
  mkdirSync(join(folder, 'data'))
  if (settings.length > 0) writeFileSync(join(folder, 'data', 'okite.yaml'), settings.join('\n'))
  const { log, lines } = memoryLog()
  const clock = handClock(Date.parse(at))
  const okite: Okite = await compose({
    ...{ source: join(project, 'src'), project, dataDir: join(folder, 'data'), create: true },
    ...{ flags: {}, environment, clock, log },
  })
  // Who enters next; a session keeps who entered.
  let next: Principal | null = null
  const { signal } = new AbortController()
  const http = openHttp(okite, {
    call: { source: join(project, 'src'), project, environment },
    ...{ clock, log, signal },
    // What a person would not wait for a busy machine may take.
    limits: { requestMsMax: 60_000 },
    principalOf: () => {
      assert.ok(next, 'nobody is entering')
      return next
    },
  })
  /** A session keeps who entered by its link. */
  const enterAs = (name: string, permissions?: readonly string[]): Promise<string> => {
    next = {
      ...{ account: null, person: name, name, roles: [] },
      permissions: new Set(permissions ?? everyPermission(okite.modules.modules)),
    }
    return http.link()
  }
  const origin = 'http://localhost:80'
  const ask = (path: string, init: RequestInit, cookie = ''): Promise<Response> => {
    const headers = new Headers(init.headers)
    headers.set('host', 'localhost:80')
    if (cookie !== '') headers.set('cookie', cookie)
    if (init.method === 'POST') headers.set('origin', 'http://localhost:80')
    return http.fetch(new Request(`${origin}${path}`, { ...init, headers }), path)
  }
  const json = async (response: Response): Promise<any> => {
    const body = (await response.json()) as any
    assert.equal(response.status, 200, `${response.url} ${JSON.stringify(body)}`)
    return body
  }
  return {
    ...{ okite, clock, lines, folder, http, enterAs },
    /** Signs somebody in under this identifier, with everything that routes ask for or what is said. */
    async as(name: string, permissions?: readonly string[]): Promise<TestPerson> {
      let cookie = ''
      let enteredMs = -Infinity
      /** A session ends when it is left alone, and tests let months pass. */
      const enter = async () => {
        if (clock.nowMs() - enteredMs < 3_600_000) return
        enteredMs = clock.nowMs()
        const token = (await enterAs(name, permissions)).split('token=')[1]
        const entered = await ask('/api/session', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ token }),
        })
        cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? ''
        assert.notEqual(cookie, '', `${entered.status} ${await entered.text()}`)
      }
      const fetch = async (path: string, init: RequestInit = {}) => {
        clock.add(1_000)
        await enter()
        return ask(`/api${path}`, init, cookie)
      }
      const postRaw = (path: string, body: unknown) =>
        fetch(path, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
      const sendRaw = (path: string, fields: unknown, files: readonly TestFile[]) => {
        const form = new FormData()
        form.append('fields', JSON.stringify(fields))
        for (const { name, bytes } of files)
          form.append('file', new Blob([new Uint8Array(bytes)]), name)
        return fetch(path, { method: 'POST', body: form })
      }
      return {
        fetch,
        get: async path => json(await fetch(path)),
        post: async (path, body) => json(await postRaw(path, body)),
        send: async (path, fields, files) => json(await sendRaw(path, fields, files)),
        async refused(code, answer) {
          const response = await answer
          const body = (await response.json()) as any
          assert.equal(body.code, code, JSON.stringify(body))
          return body
        },
      }
    },
    /** Records facts as a file of them would be. */
    async record(by: string, ...facts: readonly object[]): Promise<number> {
      const text = facts.map(fact => JSON.stringify(fact)).join('\n')
      const { complaints, lastLine } = await recordLines(okite, Buffer.from(text), {
        by,
        dry: false,
      })
      assert.deepEqual(
        complaints.map(({ error }) => error.message),
        [],
      )
      return lastLine ?? -1
    },
    /** Lets time pass, and everything be judged that is due by then. */
    async advance(to: string): Promise<void> {
      clock.set(to)
      for (let tries = 0; tries < 1_000; tries++) {
        okite.judges.poke()
        await new Promise(resolve => setTimeout(resolve, 10))
        const size = await okite.ledger.size()
        const isJudged = okite.judges.judged === size
        if (isJudged && (await okite.reader.behind(clock.nowMs())) === null) break
      }
      await okite.tables.follow()
    },
    async close(): Promise<void> {
      await http.close()
      await okite.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
    },
  }
}
