import { basename } from 'node:path'
import { OkiteError } from '../error.ts'
import { bind } from '../policy/document/bind.ts'
import { documentBytesMax, linesOf } from '../policy/document/format.ts'
import { type Document, readDocument } from '../policy/document/text.ts'
import { draftPack, recognise, undecided, type Words } from '../policy/draft.ts'
import { languages, type Pack, type Text } from '../policy/pack.ts'
import { readFlags } from './arguments.ts'
import type { Call } from './call.ts'
import { requireData } from './data-folder.ts'
import { readNamedFile } from './named-file.ts'
import { asWriter, writePack } from './own-policies.ts'
import { configuredPolicy, packOnDisk, placeOf, readPackFolder } from './policies.ts'
import { padTo, sayIn, shortened } from './words.ts'

const usage = 'policy draft FILE --id NAME --organisation TEXT --zone PLACE'

/**
 * `./okite policy draft FILE --id NAME …`: a pack of the organisation's own policy, made of the document
 * as written and kept in the data folder: places, hashes and figures, never its text. What the reference
 * knows is bound as there; the rest awaits `policy bind`. With `--update` the pack of this name is made
 * anew for the next version of the document, and what it had decided stays where the sentence stayed.
 */
export async function runPolicyDraft(args: readonly string[], call: Call): Promise<number> {
  const { flags, words } = readFlags(args, {
    ...{ id: 'value', organisation: 'value', zone: 'value', version: 'value', date: 'value' },
    ...{ language: 'value', like: 'value', update: 'switch' },
  })
  const [path, ...more] = words
  const id = flags['id']
  if (path === undefined || more.length > 0 || id === undefined) {
    throw new OkiteError('ARGUMENT_INVALID', { argument: usage })
  }
  requireData(call.dataDir)
  return asWriter(call.dataDir, () => draft(path, { ...flags, id }, call))
}

type Flags = Readonly<Record<string, string>> & Readonly<{ id: string }>

async function draft(path: string, flags: Flags, call: Call): Promise<number> {
  const { id } = flags
  const { isOwn } = placeOf(call, id)
  const isUpdate = flags['update'] !== undefined
  const own = isUpdate && isOwn ? packOnDisk(call, id) : null
  if (isUpdate && own === null) throw new OkiteError('POLICY_NOT_OWN', { name: id })
  if (!isUpdate) requireFree(call, id)
  const like = packOnDisk(call, flags['like'] ?? (await configuredPolicy(call)))
  const packs = own === null || like.id === id ? [own ?? like] : [own, like]
  const document = readDocument(await linesOf(basename(path), readBytes(path)))
  const organisation = flags['organisation']?.trim() || own?.organisation.name[call.locale]
  const zone = flags['zone'] ?? own?.organisation.zone
  const date = flags['date'] ?? document.date
  // Neither may be guessed: of the zone are all periods, and versions are told apart by the date.
  if (organisation === undefined || zone === undefined) {
    throw new OkiteError('ARGUMENT_INVALID', { argument: usage })
  }
  if (date === null) throw new OkiteError('POLICY_DRAFT_DATE')
  const drafted = recognise(document, packs)
  const language = flags['language'] ?? own?.published.language ?? call.locale
  const version = flags['version'] ?? date
  if (own?.version === version) throw new OkiteError('POLICY_DRAFT_VERSION', { version })
  const head = { id, version, organisation, zone, date, language }
  const pack = writePack(
    call.dataDir,
    id,
    draftPack(drafted, head, packs, inEveryLanguage(call.source)),
    { replace: isUpdate, check: folder => readPackFolder(folder, call.project) },
  )
  call.out(told(pack, document, call))
  if (own !== null) call.out(lost(bind(document, own), call))
  call.out(`${call.say('cli.draft.next', { policy: id })}\n`)
  return 0
}

/** A name that nothing has: neither a pack of the program nor one of the organisation's own. */
function requireFree(call: Call, name: string): void {
  const { folder } = placeOf(call, name)
  try {
    readPackFolder(folder, call.project)
  } catch (error) {
    if (error instanceof OkiteError && error.code === 'POLICY_NOT_FOUND') return
    throw error
  }
  throw new OkiteError('POLICY_EXISTS', { name })
}

const inEveryLanguage =
  (source: string): Words =>
  (id, values) =>
    Object.fromEntries(languages.map(one => [one, sayIn(one, source)(id, values)])) as Text

/** A person reads no more lines; the files have them all. */
const shownMax = 40
/** With what stands before it, a line of 80 columns. */
const textColumns = 50

function told(pack: Pack, { sentences }: Document, { say, dataDir }: Call): string {
  const open = pack.statements.filter(({ awaits }) => awaits.includes(undecided))
  const count = pack.statements.length
  const lines = [
    say('cli.draft.made', { policy: pack.id, version: pack.version, count, folder: dataDir }),
    say('cli.draft.known', { known: count - open.length, open: open.length }),
    ...open.slice(0, shownMax).map(({ number, id, figures }) => {
      const stated = figures.map(({ value }) => value).join(' ')
      // For the eye alone: whoever binds must see what the sentence says, and the pack never has it.
      const text = shortened(sentences[number - 1]?.text ?? '', textColumns)
      return `  ${padTo(`${number}`, 5)}  ${padTo(id, 8)}  ${padTo(stated, 10)}  ${text}`.trimEnd()
    }),
  ]
  if (open.length > shownMax)
    lines.push(`  ${say('cli.policy.more', { count: open.length - shownMax })}`)
  return `${lines.join('\n')}\n`
}

/** Statements whose sentence is another now, with the controls that somebody had chosen for them. */
function lost(bound: ReturnType<typeof bind>, { say }: Call): string {
  return bound
    .flatMap(({ is, sentence, statement }) => {
      if ((is !== 'changed' && is !== 'missing') || statement === null) return []
      const controls = statement.controls.map(({ control }) => control).join(' ')
      const place = padTo(sentence?.id ?? '–', 10)
      return `  ${padTo(say(`cli.read.${is}`), 8)}  ${place}  ${padTo(statement.id, 10)}  ${controls}`
    })
    .slice(0, shownMax)
    .map(line => `${line.trimEnd()}\n`)
    .join('')
}

const readBytes = (path: string): Uint8Array =>
  readNamedFile(path, documentBytesMax, {
    missing: 'POLICY_TEXT_MISSING',
    tooLarge: 'POLICY_TEXT_TOO_LARGE',
  })
