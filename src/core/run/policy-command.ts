import { OkiteError } from '../error.ts'
import { systemClock } from '../time.ts'
import { readFlags } from './arguments.ts'
import { type Call, commandLog } from './command-line.ts'
import { compose } from './compose.ts'
import { findInstance } from '../db/instance.ts'

/** `./okite policy adopt NAME --by PERSON`: from now on verdicts are judged under this version. */
export async function runPolicy(args: readonly string[], call: Call): Promise<number> {
  const { flags, words } = readFlags(args, { by: 'value' })
  const [verb, name, ...more] = words
  const by = flags['by']
  if (verb !== 'adopt' || name === undefined || more.length > 0) {
    throw new OkiteError('ARGUMENT_INVALID', { argument: 'policy adopt NAME --by PERSON' })
  }
  if (by === undefined) throw new OkiteError('ARGUMENT_INVALID', { argument: '--by' })
  const running = await findInstance(call.dataDir)
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
    call.out(await okite.adopt(name, by))
    return 0
  } finally {
    await okite.close()
  }
}
