import { type Document, isMap, isSeq, parseDocument, type YAMLMap, YAMLSeq } from 'yaml'
import type { Control } from '../control/kind.ts'
import { OkiteError } from '../error.ts'
import type { Params } from '../judge.ts'
import { undecided, yamlOptions } from '../policy/draft.ts'
import { readFolder } from '../policy/folder.ts'
import { checkBindings, valueLike } from '../policy/library.ts'
import type { Binding, Pack, Statement } from '../policy/pack.ts'
import { readPack } from '../policy/read.ts'
import { readFlags } from './arguments.ts'
import type { Call } from './call.ts'
import { requireData } from './data-folder.ts'
import { discoverModules } from './discover.ts'
import { asWriter, replaceFile } from './own-policies.ts'
import { frameworksOf, packOnDisk, placeOf } from './policies.ts'

const usage = 'policy bind NAME STATEMENT CONTROL [PARAMETER=VALUE …] [--remove]'

/**
 * `./okite policy bind NAME STATEMENT CONTROL [PARAMETER=VALUE …] [--remove]`: a sentence of the
 * organisation's own policy is judged by a control of the library, or no longer. The file keeps what
 * people have written into it; nothing is in force before `policy adopt`.
 */
export async function runPolicyBind(args: readonly string[], call: Call): Promise<number> {
  const { flags, words } = readFlags(args, { remove: 'switch' })
  const [name, place, id, ...given] = words
  if (name === undefined || place === undefined || id === undefined) {
    throw new OkiteError('ARGUMENT_INVALID', { argument: usage })
  }
  requireData(call.dataDir)
  const change = { name, place, id, given, isRemoved: flags['remove'] !== undefined }
  return asWriter(call.dataDir, () => bindOne(change, call))
}

type Change = Readonly<{
  name: string
  place: string
  id: string
  given: readonly string[]
  isRemoved: boolean
}>

async function bindOne(change: Change, call: Call): Promise<number> {
  const { name, place, id, given, isRemoved } = change
  const { folder, isOwn } = placeOf(call, name)
  if (!isOwn) throw new OkiteError('POLICY_NOT_OWN', { name })
  const pack = packOnDisk(call, name)
  const statement = statementOf(pack, place)
  const { controls } = await discoverModules(call.source)
  const control = controls.find(one => one.id === id)
  // What is bound may be taken away also when the program has no such control any more.
  if (control === undefined && !isRemoved) throw new OkiteError('DECIDE_CONTROL', { control: id })
  if (isRemoved && !statement.controls.some(one => one.control === id)) {
    throw new OkiteError('DECIDE_CONTROL', { control: id })
  }
  const binding = isRemoved || control === undefined ? null : bindingOf(pack, control, given)
  const { files } = readFolder(folder)
  const [file, text] = edited(files, statement, id, binding, controls)
  // Judged as a whole before it is written: a pack that breaks a rule is left as it is.
  const next = readPack(name, new Map([...files, [file, Buffer.from(text)]]), frameworksOf(call))
  if (!isRemoved) checkBindings(next, controls)
  replaceFile(call.dataDir, name, file, text)
  const said = isRemoved ? 'cli.bind.removed' : 'cli.bind.done'
  call.out(`${call.say(said, { statement: statement.id, control: id, policy: name })}\n`)
  const open = next.statements.filter(({ awaits }) => awaits.includes(undecided)).length
  call.out(`${call.say('cli.bind.open', { open, policy: name })}\n`)
  return 0
}

/** @throws OkiteError `POLICY_STATEMENT` */
function statementOf(pack: Pack, place: string): Statement {
  const found = pack.statements.find(({ id, number }) => id === place || `${number}` === place)
  if (found === undefined)
    throw new OkiteError('POLICY_STATEMENT', { statement: place.slice(0, 40) })
  return found
}

/**
 * What the words give, over what the control has in the pack already: it has one set of parameters.
 * What is given is stated, and assumed no more.
 *
 * @throws OkiteError `ARGUMENT_INVALID`, `DECIDE_PARAMETER`, `DECIDE_VALUE`
 */
function bindingOf(pack: Pack, control: Control, given: readonly string[]): Binding {
  const bound = pack.statements.flatMap(one => one.controls)
  const known = bound.find(one => one.control === control.id)
  const params: Record<string, Params[string]> = {}
  for (const word of given) {
    const [, name = '', value = ''] = /^([a-z][A-Za-z0-9]*)=(.*)$/s.exec(word) ?? []
    if (name === '' || Object.hasOwn(params, name)) {
      throw new OkiteError('ARGUMENT_INVALID', { argument: word.slice(0, 80) })
    }
    if (!Object.hasOwn(control.params, name)) {
      const known = Object.keys(control.params).sort()
      throw new OkiteError('DECIDE_PARAMETER', { control: control.id, parameter: name, known })
    }
    params[name] = valueLike(control.params[name], value)
  }
  return {
    control: control.id,
    params: { ...known?.params, ...params },
    assumed: (known?.assumed ?? []).filter(name => !Object.hasOwn(params, name)),
  }
}

/** The file in which the statement stands, with its text as it will be. */
function edited(
  files: ReadonlyMap<string, Uint8Array>,
  statement: Statement,
  id: string,
  binding: Binding | null,
  library: readonly Control[],
): readonly [file: string, text: string] {
  for (const [file, bytes] of files) {
    const document = parseDocument(Buffer.from(bytes).toString('utf8'), yamlOptions)
    const entry = entryOf(document, statement.id)
    if (entry === null) continue
    bindEntry(document, entry, id, binding, library)
    return [file, document.toString({ lineWidth: 0 })]
  }
  throw new OkiteError('POLICY_STATEMENT', { statement: statement.id })
}

function entryOf(document: Document.Parsed, id: string): YAMLMap | null {
  for (const group of itemsOf(document.get('groups')))
    for (const entry of itemsOf(isMap(group) ? group.get('statements') : null))
      if (isMap(entry) && entry.get('id') === id) return entry
  return null
}

const itemsOf = (node: unknown): readonly unknown[] => (isSeq(node) ? node.items : [])

function bindEntry(
  document: Document.Parsed,
  entry: YAMLMap,
  id: string,
  binding: Binding | null,
  library: readonly Control[],
): void {
  const others = itemsOf(entry.get('controls')).filter(one => isMap(one) && one.get('id') !== id)
  const awaited = (itemsOf(entry.get('awaits')) as readonly { value?: unknown }[]).filter(
    one => one.value !== undecided && one.value !== id,
  )
  const bound = binding === null ? [] : [document.createNode(plainOf(binding))]
  put(entry, 'controls', [...others, ...bound])
  const isOpen = others.length + bound.length + awaited.length === 0
  put(entry, 'awaits', isOpen ? [document.createNode(undecided)] : awaited)
  // What the sentence asks at first reading stays; how it is judged is that of its controls.
  const remaining = new Set([...others.map(one => (one as YAMLMap).get('id')), binding?.control])
  const judged = new Set(library.filter(one => remaining.has(one.id)).map(one => one.kind))
  const asked = [entry.get('kind'), entry.get('alsoKind')]
  const differs = !asked.some(kind => judged.has(kind as Control['kind']))
  put(entry, 'judgedAs', differs ? [...judged].map(kind => document.createNode(kind)) : [])
}

const plainOf = ({ control, params, assumed }: Binding): object => ({
  id: control,
  ...(Object.keys(params).length > 0 && { params }),
  ...(assumed.length > 0 && { assumed }),
})

function put(entry: YAMLMap, key: string, items: readonly unknown[]): void {
  if (items.length === 0) {
    entry.delete(key)
    return
  }
  const list = new YAMLSeq()
  list.items = [...items]
  entry.set(key, list)
}
