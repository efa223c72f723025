import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Fact } from '../fact.ts'
import { memoryLog } from '../ledger/testing.ts'
import { compose, type Okite } from '../run/compose.ts'
import { answerCommand } from '../run/module-command.ts'
import { everyPermission, openHttp } from '../run/serve.ts'
import { systemClock } from '../time.ts'

const project = join(import.meta.dirname, '../../..')

/** The program as it is on a folder of its own, and commands typed into it, for the tests of registers. */
export async function openTestProgram() {
  const folder = mkdtempSync(join(tmpdir(), 'okr-'))
  const { log, lines } = memoryLog()
  const open = (create: boolean) =>
    compose({
      ...{ source: join(project, 'src'), project, dataDir: join(folder, 'data'), create, log },
      ...{ flags: {}, environment: {}, clock: systemClock },
    })
  let okite: Okite = await open(true)
  const { signal } = new AbortController()
  return {
    get okite() {
      return okite
    },
    folder,
    lines,
    /** Types a command; `{ code, out }`. */
    type: (name: string, ...args: readonly string[]) =>
      answerCommand(
        okite,
        {
          name,
          args: [...args],
          locale: 'en',
          cwd: folder,
          terminal: { columns: 100, color: false },
        },
        signal,
      ),
    /** Writes a file into the folder that commands are typed in, and answers its name. */
    file(name: string, content: string | Uint8Array): string {
      writeFileSync(join(folder, name), content)
      return name
    },
    size: () => okite.ledger.size(),
    /** Facts from a position on, without what is concluded. */
    async told(from: number): Promise<readonly Fact<any>[]> {
      const all: Fact[] = []
      for (let pos = from; ; ) {
        const page = await okite.ledger.read(pos, 5_000)
        if (page.length === 0) return all.filter(fact => !isDerived(fact))
        all.push(...page)
        pos += page.length
      }
    },
    async restart(): Promise<void> {
      await okite.close()
      okite = await open(false)
    },
    async close(): Promise<void> {
      await okite.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
    },
  }
}

/** A browser that has entered as one who may do everything, and what it sends: JSON, a file, or both. */
export async function openTestBrowser(program: TestProgram, name = 'somebody') {
  const { signal } = new AbortController()
  const { log } = memoryLog()
  const source = join(project, 'src')
  const environment = { OKITE_WEB_OUT: join(program.folder, 'no-web') }
  const call = { source, project, environment }
  const principal = {
    ...{ account: null, person: name, name, roles: [] },
    permissions: new Set(everyPermission(program.okite.modules.modules)),
  }
  const http = openHttp(program.okite, {
    ...{ call, clock: systemClock, log, signal },
    principalOf: () => principal,
  })
  const origin = 'http://localhost'
  const ask = (method: string, path: string, given: RequestInit = {}) => {
    const headers = { host: 'localhost', cookie, origin, ...(given.headers as object) }
    return http.fetch(new Request(`${origin}/api${path}`, { method, ...given, headers }))
  }
  const json = { 'content-type': 'application/json' }
  const send = (method: string, path: string, body: unknown, headers: object = {}) =>
    ask(method, path, { body: JSON.stringify(body), headers: { ...json, ...headers } })
  let cookie = ''
  const token = new URL(await http.link()).hash.replace('#token=', '')
  const entered = await send('POST', '/session', { token })
  cookie = (entered.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
  const answered = async (response: Promise<Response>) => {
    const { status, body } = {
      status: (await response).status,
      body: await (await response).json(),
    }
    return { status, ...(body as Record<string, any>) } as Record<string, any>
  }
  return {
    ask,
    get: (path: string) => answered(ask('GET', path)),
    post: (path: string, body: unknown, version?: number) =>
      answered(send('POST', path, body, tag(version))),
    patch: (path: string, body: unknown, version?: number) =>
      answered(send('PATCH', path, body, tag(version))),
    upload(path: string, content: string | Uint8Array) {
      const body = new FormData()
      body.append('file', new Blob([content as BlobPart]), 'list.csv')
      return answered(ask('POST', path, { body }))
    },
    form(path: string, fields: unknown, version: number, file: string | null) {
      const body = new FormData()
      body.append('fields', JSON.stringify(fields))
      if (file !== null) body.append('file', new Blob([file]), 'shown.txt')
      return answered(ask('POST', path, { body, headers: tag(version) }))
    },
    close: () => http.close(),
  }
}

const tag = (version?: number): Record<string, string> =>
  version === undefined ? {} : { 'if-match': `"${version}"` }

export type TestProgram = Awaited<ReturnType<typeof openTestProgram>>

const isDerived = ({ because }: Fact): boolean => !Array.isArray(because) || because.length > 0
