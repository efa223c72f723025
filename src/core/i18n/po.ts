/** One entry of a catalogue, as it is written. */
export type PoEntry = {
  id: string
  text: string
  isFuzzy: boolean
  hasContext: boolean
  hasPlural: boolean
}

export type Po = Readonly<{
  /** By name; what the entry without an id says of the catalogue. */
  header: ReadonlyMap<string, string>
  /** In the order of the file; no id stands twice. */
  entries: readonly PoEntry[]
}>

/** A keyword with its text, or a text that goes on from the line above. */
const lineForm =
  /^(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?)[ \t]+)?"((?:[^"\\]|\\["\\nrt])*)"[ \t]*$/

type Keyword = 'msgctxt' | 'msgid' | 'msgid_plural' | 'msgstr' | 'msgstr[]'

/** What each keyword may come after; `null` is the beginning of the file. */
const after: Readonly<Record<Keyword, readonly (Keyword | null)[]>> = {
  msgctxt: [null, 'msgstr', 'msgstr[]'],
  msgid: [null, 'msgctxt', 'msgstr', 'msgstr[]'],
  msgid_plural: ['msgid'],
  msgstr: ['msgid'],
  'msgstr[]': ['msgid_plural', 'msgstr[]'],
}

/**
 * Reads the format of GNU gettext line by line, strictly. Every command and every start reads all
 * catalogues, more than a hundred files: a general reader took a tenth of a start for it.
 *
 * @param complain is told of each line that is no part of a catalogue, and of each id that stands twice
 */
export function readPo(text: string, complain: (what: string) => void): Po {
  const found = new Map<string, PoEntry>()
  let entry = freshEntry()
  let last: Keyword | null = null
  let isFuzzy = false
  const end = () => {
    if (found.has(entry.id)) complain(`${entry.id}: Duplicate msgid`)
    else found.set(entry.id, entry)
  }
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue
    if (line.startsWith('#')) {
      isFuzzy ||= /^#,.*\bfuzzy\b/.test(line)
      continue
    }
    const [, word, quoted] = lineForm.exec(line) ?? []
    const keyword = word === undefined ? null : (word.replace(/\[\d\]/, '[]') as Keyword)
    const isInPlace = keyword === null ? last !== null : after[keyword].includes(last)
    if (quoted === undefined || !isInPlace) {
      complain(`line ${index + 1} is no part of a catalogue`)
      continue
    }
    if (keyword === 'msgctxt' || (keyword === 'msgid' && last !== 'msgctxt')) {
      if (last !== null) end()
      entry = { ...freshEntry(), isFuzzy, hasContext: keyword === 'msgctxt' }
      isFuzzy = false
    }
    last = keyword ?? last
    if (last === 'msgid') entry.id += unescaped(quoted)
    if (last === 'msgstr') entry.text += unescaped(quoted)
    if (last === 'msgid_plural') entry.hasPlural = true
  }
  if (last !== null) end()
  const header = headerOf(found.get('')?.text ?? '')
  found.delete('')
  return { header, entries: [...found.values()] }
}

const freshEntry = (): PoEntry => ({
  ...{ id: '', text: '', isFuzzy: false, hasContext: false, hasPlural: false },
})

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

const unescaped = (text: string): string =>
  text.includes('\\')
    ? text.replaceAll(/\\(.)/g, (_, letter: string) => escapes[letter] ?? letter)
    : text

function headerOf(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').map(line => line.split(':'))
  return new Map(lines.map(([name = '', ...rest]) => [name.trim(), rest.join(':').trim()]))
}
