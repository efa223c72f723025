import type { ReactNode, SubmitEvent } from 'react'
import { useState } from 'react'
import { Problem } from '../../src/core/ui/problem.ts'
import type { Words } from '../../src/core/ui/words.tsx'

/** A form whose work may be refused: it says why, keeps what was typed, and is not sent twice. */
export function Form(props: {
  words: Words
  submit: string
  work(): Promise<void>
  children: ReactNode
}) {
  const { words, submit, work, children } = props
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isBusy, setBusy] = useState(false)
  const send = (event: SubmitEvent) => {
    event.preventDefault()
    if (isBusy) return
    setBusy(true)
    setProblem(null)
    work()
      .catch((thrown: unknown) => setProblem(asProblem(thrown)))
      .finally(() => setBusy(false))
  }
  return (
    <form className="sign-in-form" onSubmit={send}>
      {children}
      <Refusal problem={problem} words={words} />
      <button type="submit" disabled={isBusy}>
        {words.t(submit)}
      </button>
    </form>
  )
}

export function Field(props: {
  label: string
  hint?: string
  value: string
  change(value: string): void
  type?: string
  name: string
  autoComplete: string
  inputMode?: 'numeric' | 'text' | 'email'
}) {
  const { label, hint, value, change, type = 'text', name, autoComplete, inputMode } = props
  return (
    <label className="sign-in-field">
      <span>{label}</span>
      <input
        {...{ type, name, value, autoComplete }}
        {...(inputMode ? { inputMode } : {})}
        required
        // Names and codes are nobody's to correct.
        autoCapitalize="off"
        spellCheck={false}
        onChange={event => change(event.target.value)}
      />
      {hint ? <small>{hint}</small> : null}
    </label>
  )
}

/** What happened and what to do, told to a screen reader as soon as it is there. */
export function Refusal({ problem, words }: { problem: Problem | null; words: Words }) {
  if (problem === null) return <div role="alert" />
  const id = `error.${problem.code.replaceAll('_', '-')}`
  const why = `account.password.${String(problem.data['why'])}`
  const said = (key: string, otherwise: string) => (words.has(key) ? words.t(key) : otherwise)
  return (
    <div role="alert" className="sign-in-refusal">
      <p>{words.has(why) ? words.t(why) : said(id, problem.message)}</p>
      <p>{said(`${id}.remedy`, problem.remedy)}</p>
    </div>
  )
}

export const asProblem = (thrown: unknown): Problem =>
  thrown instanceof Problem
    ? thrown
    : new Problem({ code: 'ACCOUNT_PASSKEY', title: String(thrown) })
