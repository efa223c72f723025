import type { CompiledMessage } from '@lingui/message-utils/compileMessage'
import { compileMessageOrThrow } from '@lingui/message-utils/compileMessage'
import { po } from 'gettext-parser'
import type { Locale } from './locale.ts'
import { locales } from './locale.ts'
import { valuesOf } from './values.ts'

/** One `locale/<locale>.po` of core or of a module. */
export type CatalogueSource = Readonly<{
  /** `core`, or the id of a module. */
  owner: string
  locale: Locale
  text: string
}>

export type Message = Readonly<{ compiled: CompiledMessage; values: readonly string[] }>

export type Catalogue = ReadonlyMap<string, Message>

/** A catalogue of one module is a few pages; 512 KiB of it is something else. */
const charsMax = 512 * 1024

/** Stable ids, never sentences: `reason.population.stale`. */
const idForm = /^[a-z][A-Za-z0-9]*([.-][A-Za-z0-9]+)*$/

/** Reads one catalogue strictly. What is wrong is added to `complaints`, and the entry left out. */
export function readCatalogue(source: CatalogueSource, complaints: string[]): Catalogue {
  const where = `${source.owner}/locale/${source.locale}.po`
  const messages = new Map<string, Message>()
  if (source.text.length > charsMax) {
    complaints.push(`${where}: larger than ${charsMax} characters`)
    return messages
  }
  let parsed
  try {
    // `validation` refuses a msgid that stands twice.
    parsed = po.parse(source.text, { validation: true })
  } catch (error) {
    complaints.push(`${where}: ${error instanceof Error ? error.message : String(error)}`)
    return messages
  }
  if (parsed.headers?.['Language'] !== source.locale) {
    complaints.push(`${where}: its header must say Language: ${source.locale}`)
  }
  for (const [context, entries] of Object.entries(parsed.translations ?? {})) {
    for (const entry of Object.values(entries)) {
      if (context === '' && entry.msgid === '') continue
      const found = readEntry(context, entry, source.locale)
      if (typeof found === 'string') {
        complaints.push(`${where}: ${entry.msgid.slice(0, 80)}: ${found}`)
      } else {
        messages.set(entry.msgid, found)
      }
    }
  }
  return messages
}

type Entry = Readonly<{
  msgid: string
  msgid_plural?: string
  msgstr: string[]
  comments?: { flag?: string }
}>

function readEntry(context: string, entry: Entry, locale: Locale): Message | string {
  const [text = '', ...others] = entry.msgstr
  if (context !== '') return 'contexts are not used; give it an id of its own'
  if (!idForm.test(entry.msgid)) return 'is not an id'
  if (entry.msgid_plural !== undefined || others.length > 0) return 'plurals are written in ICU'
  if (entry.comments?.flag?.includes('fuzzy')) return 'is fuzzy'
  if (text.trim() === '') return 'has no text'
  try {
    const compiled = compileText(text)
    const complaint = pluralComplaint(compiled, locale)
    return complaint ?? { compiled, values: [...valuesOf(compiled)].sort() }
  } catch (error) {
    return error instanceof Error ? error.message.split('\n', 1)[0]! : String(error)
  }
}

/** Nine sentences of ten name no value: such a text is its own compiled form, and needs no reader of ICU. */
export const compileText = (text: string): CompiledMessage =>
  /[{}'#]/.test(text) ? compileMessageOrThrow(text) : [text]

/** What each language chooses among; to make its rules anew for every message took longer than to read them. */
const categories = new Map<Locale, ReadonlySet<string>>()

function categoriesOf(locale: Locale): ReadonlySet<string> {
  const known =
    categories.get(locale) ??
    new Set<string>(new Intl.PluralRules(locale).resolvedOptions().pluralCategories)
  categories.set(locale, known)
  return known
}

/** A plural that its language never chooses is a misunderstanding. */
function pluralComplaint(message: CompiledMessage, locale: Locale): string | null {
  const known = categoriesOf(locale)
  for (const token of message) {
    if (typeof token === 'string' || token[1] !== 'plural') continue
    for (const choice of Object.keys(token[2] ?? {})) {
      const counts = choice === 'offset' || /^=?\d+$/.test(choice) || known.has(choice)
      if (!counts) return `${locale} has no plural "${choice}"`
    }
  }
  return null
}

/**
 * Compares the three catalogues of each owner: the same ids, the same values in each message, and no
 * id of another owner.
 */
export function compareCatalogues(
  sources: readonly CatalogueSource[],
  catalogues: readonly Catalogue[],
  complaints: string[],
): void {
  const owners = [...new Set(sources.map(source => source.owner))]
  const ownerOf = new Map<string, string>()
  for (const owner of owners) {
    const found = new Map<Locale, Catalogue>()
    sources.forEach((source, index) => {
      if (source.owner === owner) found.set(source.locale, catalogues[index]!)
    })
    const ids = new Set([...found.values()].flatMap(catalogue => [...catalogue.keys()]))
    for (const id of ids) {
      const other = ownerOf.get(id)
      if (other) complaints.push(`${owner}: message ${id} already belongs to ${other}`)
      ownerOf.set(id, owner)
    }
    for (const locale of locales) {
      const catalogue = found.get(locale)
      if (!catalogue) complaints.push(`${owner}: has no locale/${locale}.po`)
      for (const id of ids) {
        const message = catalogue?.get(id)
        const model = found.get('ja')?.get(id)
        if (catalogue && !message) complaints.push(`${owner}: ${locale} has no message ${id}`)
        else if (message && model && message.values.join() !== model.values.join()) {
          complaints.push(`${owner}: ${locale} and ja give ${id} different values`)
        }
      }
    }
  }
}
