import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { claimInstance } from '../../src/core/db/instance.ts'
import { memoryLog } from '../../src/core/ledger/testing.ts'
import { compose } from '../../src/core/run/compose.ts'
import { openHttp } from '../../src/core/run/serve.ts'
import type { Clock } from '../../src/core/time.ts'

const project = join(import.meta.dirname, '../..')
const source = join(project, 'src')

export type Program = Awaited<ReturnType<typeof startProgram>>

/** The program as it is started on an empty folder: its own database, its own door, nobody in it. */
export async function startProgram(webFolder: string) {
  const folder = mkdtempSync(join(tmpdir(), 'okj-'))
  const dataDir = join(folder, 'data')
  const clock = ahead(Date.parse('2026-11-12T01:00:00.000Z'))
  const { log, lines } = memoryLog()
  const environment = { OKITE_WEB_OUT: webFolder }
  const instance = claimInstance(dataDir, { create: true })
  // Pages are told once there is somebody to tell them.
  let grown: (size: number) => void = () => {}
  const okite = await compose({
    ...{ source, project, dataDir, create: true, flags: {}, environment, clock, log },
    onFacts: facts => grown((facts.at(-1)?.pos ?? -1) + 1),
  })
  const abort = new AbortController()
  const { signal } = abort
  const http = openHttp(okite, {
    ...{ call: { source, project, environment }, clock, log, signal },
    // What a person would not wait for a busy machine may take.
    limits: { requestMsMax: 60_000 },
  })
  grown = size => http.grown(size)
  const url = (await http.listen(0)).replace(/\/$/, '')
  await okite.begin()
  return {
    ...{ okite, http, url, clock, lines },
    async close(): Promise<void> {
      abort.abort()
      await http.close()
      await okite.close()
      await instance.release()
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
    },
  }
}

/**
 * Time goes on as it does, from a day in the middle of a month, so that no period ends on the way; and
 * jumps to the next code of an authenticator app, for which nobody wants to wait.
 */
function ahead(fromMs: number): Clock & Readonly<{ add(ms: number): void }> {
  let aheadMs = fromMs - Date.now()
  return {
    nowMs: () => Date.now() + aheadMs,
    add(ms) {
      aheadMs += ms
    },
  }
}
