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
import { asWriter, replaceFiles } from './own-policies.ts'
import { frameworksOf, placeOf } from './policies.ts'

const usage =
  'policy bind NAME STATEMENT[,STATEMENT|FROM-TO …] CONTROL [PARAMETER=VALUE …] [--remove]'

/**
 * `./okite policy bind NAME STATEMENTS CONTROL [PARAMETER=VALUE …] [--remove]`: sentences of the
 * organisation's own policy (`7`, `2.1.3`, `1,4,10-20`) are judged by a control of the library, or no
 * longer. The files keep what people have written into them; nothing is in force before `policy adopt`.
 */
export async function runPolicyBind(args: readonly string[], call: Call): Promise<number> {
  const { flags, words } = readFlags(args, { remove: 'switch' })
  const [name, places, id, ...given] = words
  if (name === undefined || places === undefined || id === undefined) {
    throw new OkiteError('ARGUMENT_INVALID', { argument: usage })
  }
  requireData(call.dataDir)
  const isRemoved = flags['remove'] !== undefined
  if (isRemoved && given.length > 0) throw new OkiteError('ARGUMENT_INVALID', { argument: usage })
  return asWriter(call.dataDir, () => bindAll({ name, places, id, given, isRemoved }, call))
}

type Change = Readonly<{
  name: string
  places: string
  id: string
  given: readonly string[]
  isRemoved: boolean
}>

async function bindAll(change: Change, call: Call): Promise<number> {
  const { name, places, id, given, isRemoved } = change
  const { folder, isOwn } = placeOf(call, name)
  if (!isOwn) throw new OkiteError('POLICY_NOT_OWN', { name })
  const { files, complaints } = readFolder(folder)
  const frameworks = frameworksOf(call)
  const pack = readPack(name, files, frameworks, complaints)
  const statements = statementsOf(pack, places)
  const { controls } = await discoverModules(call.source)
  const control = controls.find(one => one.id === id)
  // What is bound may be taken away also when the program has no such control any more.
  if (control === undefined && !isRemoved) throw new OkiteError('DECIDE_CONTROL', { control: id })
  const free = statements.find(one => !one.controls.some(bound => bound.control === id))
  if (isRemoved && free !== undefined) {
    throw new OkiteError('POLICY_NOT_BOUND', { statement: free.id, control: id })
  }
  const binding = isRemoved || control === undefined ? null : bindingOf(pack, control, given)
  const changed = edited(files, statements, { id, binding, library: controls })
  // Judged as a whole before it is written: a pack that breaks a rule is left as it is.
  const all = new Map([...files, ...changed])
  const next = readPack(name, all, frameworks)
  if (!isRemoved) checkBindings(next, controls)
  replaceFiles(call.dataDir, name, { changed, all })
  const [statement, more] = [statements[0]?.id ?? places, statements.length - 1]
  const said = { policy: name, control: id, statement, more }
  call.out(`${call.say(isRemoved ? 'cli.bind.removed' : 'cli.bind.done', said)}\n`)
  const open = next.statements.filter(({ awaits }) => awaits.includes(undecided))
  call.out(`${call.say('cli.bind.open', { open: open.length, policy: name })}\n`)
  return 0
}

/**
 * The statements that are named: by number, by id, or from one number to another.
 *
 * @throws OkiteError `POLICY_STATEMENT`
 */
function statementsOf(pack: Pack, places: string): readonly Statement[] {
  const found = new Set<Statement>()
  for (const place of places.split(',')) {
    const [, from, to] = /^(\d{1,5})-(\d{1,5})$/.exec(place) ?? []
    const named =
      from === undefined
        ? pack.statements.filter(({ id, number }) => id === place || `${number}` === place)
        : pack.statements.slice(Math.max(0, Number(from) - 1), Number(to))
    const isWhole = from === undefined || named.length === Number(to) - Number(from) + 1
    if (named.length === 0 || !isWhole) {
      const last = pack.statements.length
      throw new OkiteError('POLICY_STATEMENT', { statement: place.slice(0, 40), last })
    }
    for (const one of named) found.add(one)
  }
  return [...found]
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

type Edit = Readonly<{ id: string; binding: Binding | null; library: readonly Control[] }>

/** The files in which the statements stand, with their bytes as they will be. */
function edited(
  files: ReadonlyMap<string, Uint8Array>,
  statements: readonly Statement[],
  edit: Edit,
): ReadonlyMap<string, Uint8Array> {
  const changed = new Map<string, Uint8Array>()
  const left = new Set(statements.map(({ id }) => id))
  for (const [file, bytes] of files) {
    const text = Buffer.from(bytes).toString('utf8')
    // A file is large to take apart, and most have none of the statements.
    const named = new Set(text.match(/\d+\.\d+\.\d+/g))
    const here = new Set([...left].filter(id => named.has(id)))
    if (here.size === 0) continue
    const document = parseDocument(text, yamlOptions)
    const entries = entriesOf(document).filter(entry => here.has(String(entry.get('id'))))
    for (const entry of entries) {
      left.delete(String(entry.get('id')))
      bindEntry(document, entry, edit)
    }
    if (entries.length > 0) changed.set(file, Buffer.from(document.toString({ lineWidth: 0 })))
  }
  const [missing] = left
  if (missing !== undefined) throw new OkiteError('POLICY_STATEMENT', { statement: missing })
  return changed
}

const entriesOf = (document: Document.Parsed): readonly YAMLMap[] =>
  itemsOf(document.get('groups'))
    .flatMap(group => itemsOf(isMap(group) ? group.get('statements') : null))
    .filter(entry => isMap(entry))

const itemsOf = (node: unknown): readonly unknown[] => (isSeq(node) ? node.items : [])

function bindEntry(
  document: Document.Parsed,
  entry: YAMLMap,
  { id, binding, library }: Edit,
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
