/**
 * Submits facts as fast as they are acknowledged and says each acknowledgement on standard output,
 * until somebody kills it. Arguments: folder `src`, data folder, seed, identities to deliver again,
 * milliseconds between two deliveries of a lane.
 */
import { writeSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { dirname, join } from 'node:path'

const [source = '', dataDir = '', seed = '1', again = '[]', pauseMs = '0'] = process.argv.slice(2)
const core = (path: string) => import(join(source, 'core', path))
const { compose } = (await core('run/compose.ts')) as typeof import('../../src/core/run/compose.ts')
const { systemClock } = (await core('time.ts')) as typeof import('../../src/core/time.ts')
const { createLog } = (await core('log.ts')) as typeof import('../../src/core/log.ts')

const log = createLog({
  clock: systemClock,
  write: line => void process.stderr.write(line),
  level: 'warn',
})
const okite = await compose({
  source,
  project: dirname(source),
  dataDir,
  create: true,
  flags: {},
  environment: {},
  clock: systemClock,
  log,
})
const [listed, declared, checked] =
  okite.modules.modules.find(module => module.id === 'identify.example-items')?.facts ?? []
if (!listed || !declared || !checked) throw new Error('the template module is not there')
const submit = okite.submit('identify.example-items')

const say = (identity: string, type: string, pos: number): void =>
  void writeSync(1, `${JSON.stringify([identity, type, pos])}\n`)

const deliver = async (identity: string): Promise<void> => {
  const number = Number(identity.split(' ').at(-1))
  const now = new Date().toISOString()
  const common = {
    source: 'writer',
    occurred: now,
    observed: now,
    trust: 'record',
    identity,
  } as const
  const item = `item-${number % 40}`
  const observation =
    number % 7 === 0
      ? { ...common, type: listed, body: { item } }
      : number % 31 === 0
        ? {
            ...common,
            type: declared,
            body: { items: 40 },
            private: { by: { value: 'Lin', person: 'lin' } },
          }
        : { ...common, type: checked, body: { item, faults: number % 5 === 0 ? 1 : 0 } }
  const { pos } = await submit(observation)
  say(identity, observation.type.name, pos)
}

// It is never there at the end, when Node would keep for the next one what it has compiled.
flushCompileCache()
writeSync(1, '"ready"\n')
for (const identity of JSON.parse(again) as string[]) await deliver(identity)
let next = 0
const lane = async (): Promise<void> => {
  for (;;) {
    await deliver(`${seed} ${next++}`)
    if (Number(pauseMs) > 0) await new Promise(resolve => setTimeout(resolve, Number(pauseMs)))
  }
}
await Promise.all(Array.from({ length: 16 }, lane))
