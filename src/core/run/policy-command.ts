import { findInstance } from '../db/instance.ts'
import { OkiteError } from '../error.ts'
import { runAlone } from './alone.ts'
import { readFlags } from './arguments.ts'
import type { Call } from './call.ts'
import type { Okite } from './compose.ts'
import { requireData } from './data-folder.ts'

/** `./okite policy adopt NAME --by PERSON`: from now on verdicts are judged under this version. */
export async function runPolicy(args: readonly string[], call: Call): Promise<number> {
  const { flags, words } = readFlags(args, { by: 'value' })
  const [verb, name, ...more] = words
  const by = flags['by']
  if (verb !== 'adopt' || name === undefined || more.length > 0) {
    throw new OkiteError('ARGUMENT_INVALID', { argument: 'policy adopt NAME --by PERSON' })
  }
  if (by === undefined || by.trim() === '')
    throw new OkiteError('ARGUMENT_INVALID', { argument: '--by' })
  requireData(call.dataDir)
  const running = findInstance(call.dataDir)
  const pack =
    running === null
      ? await runAlone(call, okite => adoptPolicy(okite, name, by))
      : ((await running.ask('POST', '/policy', { name, by })) as Adopted)
  call.out(adopted(pack, by, call))
  return 0
}

/** What was adopted, as it crosses the control socket. */
export type Adopted = Readonly<{ policy: string; version: string; count: number; hash: string }>

/** Adopts inside the program; answers what was adopted. */
export async function adoptPolicy(okite: Okite, name: string, by: string): Promise<Adopted> {
  const { id: policy, version, statements, hash } = await okite.adopt(name, by)
  return { policy, version, count: statements.length, hash }
}

function adopted(pack: Adopted, by: string, { say }: Call): string {
  const { hash, ...values } = pack
  const lines = [
    say('cli.policy.adopted', { ...values, by }),
    say('cli.policy.hash', { hash }),
    say('cli.next.check'),
  ]
  return `${lines.join('\n')}\n`
}
