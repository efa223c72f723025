import { useEffect, useId, useMemo, useRef, useState } from 'react'
import type { FieldProps } from './field.tsx'
import { boxClass, Field } from './field.tsx'
import { fold } from './find.ts'
import type { Option } from './inputs.tsx'
import { useWords } from './words.tsx'

/** More than this nobody reads; typing one more letter is quicker. */
const shownMax = 50

type Props = FieldProps &
  Readonly<{
    value: string
    onChange(value: string): void
    options: readonly Option[]
    /** Where the options come from the server: told what is being typed. */
    onSearch?(text: string): void
  }>

/** Chooses one of many by typing, as in the ARIA pattern "combobox with a list". */
export function Combobox(props: Props) {
  const { t } = useWords()
  const { value, onChange, options, onSearch } = props
  const listId = useId()
  const chosen = options.find(option => option.value === value)
  const [text, setText] = useState<string | null>(null)
  const [at, setAt] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const isOpen = text !== null
  const found = useMemo(() => {
    const wanted = fold(text ?? '')
    return options.filter(option => fold(option.text).includes(wanted)).slice(0, shownMax)
  }, [options, text])
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: 'nearest' })
  }, [at, isOpen])

  const search = (typed: string) => {
    setText(typed)
    setAt(0)
    onSearch?.(typed)
  }
  const choose = (option: Option | undefined) => {
    if (option) onChange(option.value)
    setText(null)
  }
  /** Whoever types a name and goes on means the one who is called so, if there is but one. */
  const leave = () => {
    const [only, ...others] = found
    choose(text?.trim() && others.length === 0 ? only : undefined)
  }
  const press = (event: React.KeyboardEvent) => {
    // Enter and arrows of an input method choose among its candidates.
    if (event.nativeEvent.isComposing) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      if (!isOpen) search('')
      else setAt(Math.max(0, Math.min(found.length - 1, at + step)))
    } else if (event.key === 'Enter' && isOpen) {
      event.preventDefault()
      choose(found[at])
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault()
      event.stopPropagation()
      setText(null)
    }
  }
  return (
    <Field {...props}>
      {wiring => (
        <div className="relative">
          <input
            {...wiring}
            type="text"
            role="combobox"
            autoComplete="off"
            aria-expanded={isOpen}
            aria-controls={listId}
            aria-autocomplete="list"
            aria-activedescendant={isOpen && found.length > 0 ? `${listId}-${at}` : undefined}
            className={boxClass}
            value={text ?? chosen?.text ?? ''}
            onChange={event => search(event.target.value)}
            onKeyDown={press}
            onClick={() => isOpen || search('')}
            onBlur={leave}
          />
          <div
            ref={list}
            id={listId}
            role="listbox"
            aria-label={props.label}
            hidden={!isOpen || found.length === 0}
            className="absolute inset-x-0 top-full z-20 mt-1 max-h-64 overflow-y-auto rounded-md border border-edge bg-paper py-1 shadow-pop"
          >
            {found.map((option, index) => (
              <div
                key={option.value}
                id={`${listId}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={index === at}
                className={`cursor-pointer px-2.5 py-1.5 ${index === at ? 'bg-paper-3' : ''}`}
                // Before the field loses its focus and the list its options.
                onMouseDown={event => {
                  event.preventDefault()
                  choose(option)
                }}
              >
                {option.text}
                {option.hint ? (
                  <span className="block text-s text-ink-2">{option.hint}</span>
                ) : null}
              </div>
            ))}
          </div>
          <p
            aria-live="polite"
            className={isOpen && found.length === 0 ? 'text-s text-ink-2' : 'sr-only'}
          >
            {isOpen ? t('ui.found', { count: found.length }) : ''}
          </p>
        </div>
      )}
    </Field>
  )
}
