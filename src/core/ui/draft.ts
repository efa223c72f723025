/**
 * Drafts of forms, in this tab alone (`sessionStorage`): trusted by nobody, read back into the same
 * form of the same account, gone with the tab, with signing out, and with being sent. A browser may
 * forbid storage; then a draft lasts as long as the page.
 */

export type Draft<V> = Readonly<{
  /** What stood there when the first letter was typed. */
  base: V
  values: Partial<V>
}>

const prefix = 'okite.draft '

/** Far below the 5 MB that a browser gives; a form of this size is a mistake. */
const charsMax = 256 * 1024

const memory = new Map<string, string>()

export function readDraft<V>(key: string): Draft<V> | null {
  const text = stored(() => sessionStorage.getItem(prefix + key)) ?? memory.get(key)
  if (text === undefined || text === null) return null
  try {
    const draft = JSON.parse(text) as Partial<Draft<V>> | null
    return draft?.base && draft.values ? (draft as Draft<V>) : null
  } catch {
    // Somebody else has written there.
    return null
  }
}

export function keepDraft<V>(key: string, draft: Draft<V>): void {
  const text = JSON.stringify(draft)
  if (text.length > charsMax) return
  memory.set(key, text)
  stored(() => sessionStorage.setItem(prefix + key, text))
}

export function dropDraft(key: string): void {
  memory.delete(key)
  stored(() => sessionStorage.removeItem(prefix + key))
}

/** At signing out: the next one at this machine must not read what this one typed. */
export function dropAllDrafts(): void {
  memory.clear()
  stored(() => {
    const names = Array.from({ length: sessionStorage.length }, (_, at) => sessionStorage.key(at))
    for (const name of names) if (name?.startsWith(prefix)) sessionStorage.removeItem(name)
  })
}

function stored<T>(use: () => T): T | undefined {
  try {
    return use()
  } catch {
    return undefined
  }
}
