import { OkiteError } from '../error.ts'
import { readFlags } from './arguments.ts'
import type { Call } from './call.ts'
import type { Okite } from './compose.ts'
import { decide } from './decide.ts'
import { inProgram } from './in-program.ts'
import { runPolicyLint } from './policy-lint.ts'
import { runPolicyRead } from './policy-read.ts'

const verbs: Readonly<Record<string, (args: readonly string[], call: Call) => Promise<number>>> = {
  adopt: runAdopt,
  decide: runDecide,
  lint: runPolicyLint,
  read: runPolicyRead,
}

/** `./okite policy adopt | decide | lint | read …` */
export async function runPolicy(args: readonly string[], call: Call): Promise<number> {
  const [verb = '', ...rest] = args
  const run = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined
  if (run === undefined) {
    throw new OkiteError('ARGUMENT_INVALID', { argument: `policy ${Object.keys(verbs).join('|')}` })
  }
  return run(rest, call)
}

/** `adopt NAME --by PERSON`: from now on verdicts are judged under this version. */
async function runAdopt(args: readonly string[], call: Call): Promise<number> {
  const { words, by } = byPerson(args, 1, 'policy adopt NAME --by PERSON')
  const request = { name: words[0] ?? '', by }
  const answer = await inProgram<typeof request, Adopted>(call, '/policy', request, okite =>
    adoptPolicy(okite, request.name, by),
  )
  call.out(adopted(answer, by, call))
  return 0
}

/** `decide CONTROL PARAMETER VALUE --by PERSON`: an assumed figure becomes the organisation's own. */
async function runDecide(args: readonly string[], call: Call): Promise<number> {
  const usage = 'policy decide CONTROL PARAMETER VALUE --by PERSON'
  const { words, by } = byPerson(args, 3, usage)
  const [control = '', parameter = '', value = ''] = words
  const request = { control, parameter, value, by }
  const answer = await inProgram(call, '/decide', request, decide)
  call.out(`${call.say('cli.policy.decided', { control, parameter, value, by })}\n`)
  call.out(`${call.say('cli.policy.status', { status: call.say(`status.${answer.status}`) })}\n`)
  return 0
}

/** The words, of which there must be so many, and who speaks. */
function byPerson(args: readonly string[], count: number, usage: string) {
  const { flags, words } = readFlags(args, { by: 'value' })
  const by = flags['by']?.trim() ?? ''
  if (words.length !== count || by === '')
    throw new OkiteError('ARGUMENT_INVALID', { argument: usage })
  return { words, by }
}

/** What was adopted, as it crosses the control socket. */
type Adopted = Readonly<{ policy: string; version: string; count: number; hash: string }>

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
