import type { ReactNode, SubmitEvent } from 'react'
import { useEffect, useRef, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { boxClass, Field } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Problem, problemText } from '../../ui/problem.ts'
import { useWords } from '../../ui/words.tsx'

/**
 * A form of secrets. Unlike the kit's it keeps no draft: a password belongs into no storage. Refused, it
 * says why and keeps what was typed; it is not sent twice.
 */
export function SecretForm(props: {
  submit: string
  work(): Promise<void>
  children?: ReactNode
  aside?: ReactNode
  look?: 'next' | 'plain'
}) {
  const { submit, work, children, aside, look = 'next' } = props
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isBusy, setBusy] = useState(false)
  const lock = useRef(false)
  const send = async () => {
    // A state would be too late for the second of two quick presses.
    if (lock.current) return
    lock.current = true
    setBusy(true)
    setProblem(null)
    await work().catch((thrown: unknown) => setProblem(asProblem(thrown)))
    lock.current = false
    setBusy(false)
  }
  return (
    <form
      className="grid gap-5"
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault()
        void send()
      }}
    >
      {children}
      <Refusal problem={problem} />
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" look={look} busy={isBusy}>
          {submit}
        </Button>
        {aside}
      </div>
    </form>
  )
}

type SecretProps = Readonly<{
  label: string
  hint?: string
  value: string
  change(value: string): void
  type?: 'text' | 'password' | 'email'
  name: string
  autoComplete: string
  inputMode?: 'numeric' | 'text' | 'email'
}>

/** Names, passwords and codes: nobody's to correct, and filled in by whoever keeps passwords. */
export function SecretInput(props: SecretProps) {
  const { label, hint, value, change, type = 'text', name, autoComplete, inputMode } = props
  return (
    <Field {...{ label, name }} {...(hint ? { hint } : {})}>
      {wiring => (
        <input
          {...wiring}
          {...{ type, value, autoComplete, inputMode }}
          required
          autoCapitalize="off"
          spellCheck={false}
          className={boxClass}
          onChange={event => change(event.target.value)}
        />
      )}
    </Field>
  )
}

/** What happened and what to do, read out as soon as it is there and where the focus goes. */
export function Refusal({ problem }: { problem: Problem | null }) {
  const words = useWords()
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => box.current?.focus(), [problem])
  if (problem === null) return null
  const told = problemText(words, problem)
  const { why: given } = problem.data
  const why = `account.password.${typeof given === 'string' ? given : ''}`
  return (
    <Notice tone="failed" title={words.has(why) ? words.t(why) : told.what} box={box}>
      {told.remedy === '' ? null : <p>{told.remedy}</p>}
    </Notice>
  )
}

/** What a browser throws at a ceremony is of a passkey: it was cancelled, or there is none. */
export const asProblem = (thrown: unknown): Problem =>
  thrown instanceof Problem
    ? thrown
    : new Problem({ code: 'ACCOUNT_PASSKEY', title: String(thrown) })

/** The head of a step: what is asked, and why. */
export function StepHead({ title, text, at }: { title: string; text?: string; at?: string }) {
  const head = useRef<HTMLHeadingElement>(null)
  useEffect(() => head.current?.focus({ preventScroll: true }), [title])
  return (
    <header className="grid gap-1.5">
      {at ? <p className="numbers text-s text-ink-2">{at}</p> : null}
      <h1 ref={head} tabIndex={-1} className="text-xl font-bold outline-none">
        {title}
      </h1>
      {text ? <p className="text-m text-ink-2">{text}</p> : null}
    </header>
  )
}
