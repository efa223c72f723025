import { OkiteError } from '../error.ts'
import { readFlags } from './arguments.ts'
import type { Call } from './call.ts'
import { decide } from './decide.ts'
import { inProgram } from './in-program.ts'
import { runPolicyAdopt } from './policy-adopt.ts'
import { runPolicyBind } from './policy-bind.ts'
import { runPolicyControls } from './policy-controls.ts'
import { runPolicyDraft } from './policy-draft.ts'
import { runPolicyLint } from './policy-lint.ts'
import { runPolicyRead } from './policy-read.ts'

const verbs: Readonly<Record<string, (args: readonly string[], call: Call) => Promise<number>>> = {
  adopt: runPolicyAdopt,
  bind: runPolicyBind,
  controls: runPolicyControls,
  decide: runDecide,
  draft: runPolicyDraft,
  lint: runPolicyLint,
  read: runPolicyRead,
}

/** `./okite policy adopt | bind | controls | decide | draft | lint | read …` */
export async function runPolicy(args: readonly string[], call: Call): Promise<number> {
  const [verb = '', ...rest] = args
  const run = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined
  if (run === undefined) {
    throw new OkiteError('ARGUMENT_INVALID', { argument: `policy ${Object.keys(verbs).join('|')}` })
  }
  return run(rest, call)
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
