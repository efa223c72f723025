import { findInstance } from '../db/instance.ts'
import { OkiteError } from '../error.ts'
import { systemClock } from '../time.ts'
import { readFlags } from './arguments.ts'
import { type Call, commandLog } from './call.ts'
import { compose, type Okite } from './compose.ts'

/** `./okite policy adopt NAME --by PERSON`: from now on verdicts are judged under this version. */
export async function runPolicy(args: readonly string[], call: Call): Promise<number> {
  const { flags, words } = readFlags(args, { by: 'value' })
  const [verb, name, ...more] = words
  const by = flags['by']
  if (verb !== 'adopt' || name === undefined || more.length > 0) {
    throw new OkiteError('ARGUMENT_INVALID', { argument: 'policy adopt NAME --by PERSON' })
  }
  if (by === undefined) throw new OkiteError('ARGUMENT_INVALID', { argument: '--by' })
  const running = findInstance(call.dataDir)
  if (running !== null) {
    const answer = (await running.ask('POST', '/policy', { name, by })) as { out: string }
    call.out(answer.out)
    return 0
  }
  const okite = await compose({
    ...call,
    create: false,
    flags: {},
    clock: systemClock,
    log: commandLog(),
  })
  try {
    call.out((await adoptPolicy(okite, name, by)).out)
    return 0
  } finally {
    await okite.close()
  }
}

/** Adopts inside the program; answers what to print. */
export async function adoptPolicy(
  okite: Okite,
  name: string,
  by: string,
): Promise<Readonly<{ out: string }>> {
  const pack = await okite.adopt(name, by)
  return {
    out: `${pack.id} ${pack.version}\n  ${pack.statements.length} statements\n  ${pack.hash}\n`,
  }
}
