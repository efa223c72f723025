import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { z } from 'zod'
import { codeOf, OkiteError } from '../../core/error.ts'
import { openPrivateFile } from '../../core/ledger/private-file.ts'
import type { AloneCall, AloneCommand } from '../../core/module.ts'
import { resultOf } from './collect.ts'
import { hashOfKey } from './desk.ts'
import { minuteAt, minuteMs } from './minute.ts'
import type { Probe } from './probe/ask.ts'
import { createRounds } from './probe/round.ts'
import { readUrl } from './probe/target.ts'
import { availabilitySettings } from './settings.ts'
import { vantageAnswer, type vantageBody } from './vantage.ts'

/** A day: as much as is taken. */
const waitingMax = 24 * 60
const sendMsMax = 15_000
const answerBytesMax = 4 * 1024 * 1024

type Said = z.input<typeof vantageBody>

/**
 * `./okite probe --to URL --key FILE`: asks from another place what the installation there is to ask, each
 * minute, and sends what came of it. What cannot be sent waits in memory: so an outage of Okite itself is
 * known afterwards. `--make-key FILE` makes the key and says its hash, for the settings.
 */
export const probeCommand: AloneCommand = {
  name: 'probe',
  summary: {
    en: 'probe services from another place (--to URL --key FILE | --make-key FILE)',
    ja: '別の場所からサービスの応答を確かめる（--to URL --key ファイル | --make-key ファイル）',
    'zh-TW': '從其他地點探測服務（--to URL --key 檔案 | --make-key 檔案）',
  },
  // It needs no data of this machine; a program that runs on them has its own prober.
  alone: runProbe,
}

async function runProbe(args: readonly string[], call: AloneCall): Promise<number> {
  const options = readOptions(args)
  const say = (id: string, values = {}) =>
    call.out(`${call.messages.translate(call.locale, `availability.probe.${id}`, values)}\n`)
  if (options.make !== undefined) {
    const make = () => randomBytes(32).toString('base64url')
    const key = openPrivateFile(resolve(call.cwd, options.make), make)
    say('key', { hash: hashOfKey(key.trim()) })
    return 0
  }
  const key = readKey(resolve(call.cwd, options.key ?? ''))
  const rounds = createRounds(
    availabilitySettings.parse({
      ...{ loopback: options.loopback, reference: options.reference },
      ...(options.ca !== undefined && { caFile: resolve(call.cwd, options.ca) }),
    }),
  )
  const stop = new AbortController()
  const waiting: Said[] = []
  let probes = new Map<string, Probe>()
  let last = -1
  const sent = async (said: Said): Promise<boolean> => {
    try {
      probes = await send(options.to, said)
      return true
    } catch (error) {
      // Told once a minute, in a log that nobody pays for by the line.
      call.log.warn('availability.vantage.unsent', { code: codeOf(error), waiting: waiting.length })
      if (error instanceof OkiteError) throw error
      return false
    }
  }
  say('begun', { url: options.to })
  await sent({ key, minute: minuteAt(call.clock.nowMs()), results: [] })
  for (;;) {
    const minute = minuteAt(call.clock.nowMs())
    if (minute === last) {
      await wait(Math.min(1_000, (minute + 1) * minuteMs - call.clock.nowMs() + 1))
      continue
    }
    last = minute
    const found = await rounds.askAll(probes, stop.signal)
    const results = [...found].map(([service, answer]) => [service, resultOf(answer)])
    waiting.push({ key, minute, results: results as Said['results'] })
    if (waiting.length > waitingMax) waiting.shift()
    while (waiting[0] !== undefined && (await sent(waiting[0]))) waiting.shift()
    if (options.isOnce) return waiting.length === 0 ? 0 : 1
  }
}

/** @throws OkiteError `AVAILABILITY_KEY` where this key opens nothing: then nothing ever will */
async function send(to: string, said: Said): Promise<Map<string, Probe>> {
  const response = await fetch(new URL('/api/availability/vantage', to), {
    method: 'POST',
    redirect: 'error',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(said),
    signal: AbortSignal.timeout(sendMsMax),
  })
  if (response.status === 403) throw new OkiteError('AVAILABILITY_KEY')
  if (!response.ok) throw new Error(`status ${response.status}`)
  const text = await response.text()
  if (text.length > answerBytesMax) throw new Error('answer too large')
  const { probes } = vantageAnswer.parse(JSON.parse(text))
  return new Map(probes.map(({ service, ...probe }) => [service, probe]))
}

function readOptions(args: readonly string[]) {
  const text = { type: 'string' as const }
  const flag = { type: 'boolean' as const }
  let values: Record<string, string | boolean | string[] | undefined>
  try {
    values = parseArgs({
      args: [...args],
      options: {
        ...{ to: text, key: text, 'make-key': text, ca: text, loopback: flag, once: flag },
        reference: { ...text, multiple: true },
      },
    }).values
  } catch {
    throw new OkiteError('AVAILABILITY_USAGE')
  }
  const { to = '', key, ca, 'make-key': make, loopback = false, once: isOnce = false } = values
  const reference = (values['reference'] ?? []) as string[]
  if (make !== undefined) return { make: String(make), to: '', reference, loopback, isOnce }
  const url = readUrl(String(to))
  // The key goes there: over an open line to nobody but this machine.
  const isSafe =
    typeof url !== 'string' &&
    (url.protocol === 'https:' || /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname))
  if (!isSafe || key === undefined) throw new OkiteError('AVAILABILITY_USAGE')
  return {
    ...{ to: url.href, key: String(key), loopback, reference, isOnce },
    ...(ca !== undefined && { ca: String(ca) }),
  }
}

function readKey(path: string): string {
  try {
    const key = readFileSync(path, 'utf8').slice(0, 200).trim()
    if (/^[A-Za-z0-9_-]{43}$/.test(key)) return key
  } catch (error) {
    throw new OkiteError('AVAILABILITY_KEY_FILE', { path, why: codeOf(error) })
  }
  throw new OkiteError('AVAILABILITY_KEY_FILE', { path, why: 'form' })
}
