import { basename } from 'node:path'
import { OkiteError } from '../error.ts'
import { type Bound, bind } from '../policy/document/bind.ts'
import { documentBytesMax, linesOf } from '../policy/document/format.ts'
import { readDocument } from '../policy/document/text.ts'
import { readFlags } from './arguments.ts'
import type { Call } from './call.ts'
import { readNamedFile } from './named-file.ts'
import { configuredPolicy, packOnDisk } from './policies.ts'
import { padTo, shortened } from './words.ts'

/**
 * `./okite policy read FILE [--policy NAME] [--json]`: a policy as written, sentence by sentence,
 * beside the pack. Reads and tells; it changes nothing and needs no data folder. Exit code 1 where a
 * sentence is not the one that the pack restates.
 */
export async function runPolicyRead(args: readonly string[], call: Call): Promise<number> {
  const { flags, words } = readFlags(args, { policy: 'value', json: 'switch' })
  const [path, ...more] = words
  if (path === undefined || more.length > 0) {
    throw new OkiteError('ARGUMENT_INVALID', { argument: 'policy read FILE' })
  }
  const document = readDocument(await linesOf(basename(path), readBytes(path)))
  const name = flags['policy'] ?? (await configuredPolicy(call))
  const pack = packOnDisk(call, name)
  const bound = bind(document, pack)
  const isSame = bound.every(one => one.is === 'same')
  if (flags['json'] !== undefined) {
    call.out(`${JSON.stringify(bound.map(plain), null, 2)}\n`)
    return isSame ? 0 : 1
  }
  const { say } = call
  const count = (is: Bound['is']) => bound.filter(one => one.is === is).length
  const { sentences, sections, date } = document
  call.out(
    `${say('cli.read.found', { count: sentences.length, sections: sections.length, date: date ?? '–' })}\n`,
  )
  const counts = { same: count('same'), moved: count('moved'), changed: count('changed') }
  const left = { added: count('added'), missing: count('missing') }
  call.out(`${say('cli.read.bound', { policy: pack.id, ...counts, ...left })}\n`)
  for (const one of bound.filter(({ is }) => is !== 'same')) call.out(`${row(one, call)}\n`)
  if (counts.changed > 0) call.out(`\n${say('cli.read.decide')}\n`)
  return isSame ? 0 : 1
}

/** What a program reads: places and hashes. */
const plain = ({ is, sentence, statement }: Bound) => ({
  is,
  sentence: sentence && { number: sentence.number, id: sentence.id, hash: sentence.hash },
  statement: statement && { number: statement.number, id: statement.id },
})

function row({ is, sentence, statement }: Bound, { say, locale }: Call): string {
  const place = (one: { number: number; id: string } | null) =>
    one === null ? '' : `${one.number} ${one.id}`
  const text = sentence?.text ?? statement?.text[locale] ?? ''
  const cells = [say(`cli.read.${is}`), place(sentence), place(statement)]
  return `  ${cells.map((cell, at) => padTo(cell, at === 0 ? 8 : 11)).join('  ')}  ${shortened(text, 60)}`
}

const readBytes = (path: string): Uint8Array =>
  readNamedFile(path, documentBytesMax, {
    missing: 'POLICY_TEXT_MISSING',
    tooLarge: 'POLICY_TEXT_TOO_LARGE',
  })
