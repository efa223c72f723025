import type { Control } from '../control/kind.ts'
import { kindOf } from '../policy/library.ts'
import { languages } from '../policy/pack.ts'
import { readFlags } from './arguments.ts'
import type { Call } from './call.ts'
import { discoverModules } from './discover.ts'
import { sayIn } from './words.ts'

/**
 * `./okite policy controls [[--search] WORDS …] [--json]`: the library that a policy's sentences can be
 * bound to, with the parameters of each. Exit code 1 where nothing is found.
 */
export async function runPolicyControls(args: readonly string[], call: Call): Promise<number> {
  const { flags, words } = readFlags(args, { search: 'value', json: 'switch' })
  const { controls } = await discoverModules(call.source)
  // Words without quotation marks are looked for as those within them.
  const wanted = plain([flags['search'] ?? '', ...words].join(' ')).split(/\s+/)
  const found = controls.filter(control => {
    const about = aboutOf(control, call)
    return wanted.every(word => about.includes(word))
  })
  if (flags['json'] !== undefined) {
    const rows = found.map(({ id, kind, owner, params }) => ({
      ...{ id, kind, owner, title: call.say(`control.${id}`), params },
    }))
    call.out(`${JSON.stringify(rows, null, 2)}\n`)
  } else {
    for (const control of found) call.out(told(control, call))
    call.out(`${call.say('cli.controls.found', { count: found.length, all: controls.length })}\n`)
    if (found.length === 0) call.out(`${call.say('cli.controls.none')}\n`)
  }
  return found.length === 0 ? 1 : 0
}

/** All that a person may look for: the id, the kind, and the name in every language. */
const aboutOf = ({ id, kind, owner }: Control, { source }: Call): string =>
  plain([id, kind, owner, ...languages.map(one => sayIn(one, source)(`control.${id}`))].join(' '))

const plain = (text: string): string => text.normalize('NFKC').toLowerCase().trim()

function told({ id, kind, params }: Control, { say }: Call): string {
  const lines = [`${id}  (${say(`kind.${kind}`)})`, `  ${say(`control.${id}`)}`]
  for (const [name, value] of Object.entries(params)) {
    const id = `parameter.${name}`
    lines.push(`    ${name}=${String(value)}  ${say.has(id) ? say(id) : kindOf(value)}`)
  }
  return `${lines.join('\n')}\n`
}
