import { useEffect, useState } from 'react'
import { useHouse } from '../../../core/ui/house.tsx'
import { lawViews, provisionsOf } from '../laws.ts'
import type { Status } from '../view.ts'
import type { StatementAnswer } from './document.tsx'
import { shown } from './marks.tsx'

/** What the address asks for: which sentences, and of which day. Whoever is sent it sees the same. */
export type Asked = Readonly<{
  status: Status | null
  /** A role of the policy. */
  owner: string
  /** Id of a framework. */
  framework: string
  law: string
  /** One requirement of the framework or provision of the law. */
  requirement: string
  text: string
  /** A day; empty: now. */
  at: string
}>

const restsMs = 300

const none = { status: '', owner: '', framework: '', law: '', requirement: '', text: '', at: '' }
type Fields = Readonly<Partial<Record<keyof typeof none, string>>>

export type Asking = Readonly<{
  asked: Asked
  /** Changes what is asked for; an empty field is none. */
  ask(fields: Fields): void
  /** Of a sentence, in this view. */
  hrefOf(id: string): string
  /** Opens a sentence, or closes it; what is asked for stays. */
  open(id: string | null, options?: Readonly<{ replace?: boolean }>): void
}>

export function useAsked(): Asking {
  const { rest, search, go } = useHouse()
  const fields = { ...none, ...search }
  const { status, ...others } = fields
  const [text, setText] = useState(fields.text)
  const asSearch = (changed: Fields) =>
    Object.fromEntries(Object.entries({ ...search, ...changed }).filter(([, value]) => value))
  const write = (changed: Fields) => go(rest, { search: asSearch(changed), replace: true })
  // What is being typed may be half a word of an input method: the address follows when it rests.
  useEffect(() => {
    if (text === fields.text) return
    const timer = setTimeout(() => write({ text }), restsMs)
    return () => clearTimeout(timer)
  })
  return {
    asked: { ...others, text, status: shown.find(each => each === status) ?? null },
    ask(changed) {
      if (changed.text !== undefined) setText(changed.text)
      else write({ text, ...changed })
    },
    hrefOf(id) {
      const query = new URLSearchParams(asSearch({ text })).toString()
      return `/policy/${id}${query === '' ? '' : `?${query}`}`
    },
    open: (id, options = {}) =>
      go(id === null ? [] : [id], { ...options, search: asSearch({ text }) }),
  }
}

/** Whether a sentence is asked for. */
export function isAsked(statement: StatementAnswer, asked: Asked): boolean {
  const text = asked.text.trim().toLocaleLowerCase()
  const law = lawViews.find(view => view.id === asked.law)
  return (
    (asked.status === null || statement.verdict.status === asked.status) &&
    (asked.owner === '' || statement.role === asked.owner) &&
    (asked.framework === '' || serves(statement.frameworks[asked.framework], asked.requirement)) &&
    (law === undefined || serves(provisionsOf(statement, law), asked.requirement)) &&
    (text === '' ||
      `${statement.number} ${statement.id} ${statement.text}`.toLocaleLowerCase().includes(text))
  )
}

/** Any of them, where none is asked for. */
const serves = (ids: readonly string[] = [], wanted: string): boolean =>
  wanted === '' ? ids.length > 0 : ids.includes(wanted)
