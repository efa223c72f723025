import { useEffect, useId, useMemo, useRef, useState } from 'react'
import { IconButton } from './button.tsx'
import type { FieldProps, Wiring } from './field.tsx'
import { boxClass, Field } from './field.tsx'
import { fold } from './find.ts'
import type { Option } from './inputs.tsx'
import { useWords } from './words.tsx'

/** More than this nobody reads; typing one more letter is quicker. */
const shownMax = 50

type Offer = Readonly<{
  options: readonly Option[]
  /** How a value is called that is not among the options now. */
  textOf?(value: string): string
  /** Where the options come from the server, which has found them: told what is being typed. */
  onSearch?(text: string): void
  /** How many there are, where the options are only the first of them. */
  found?: number
  /** The options on the screen are those of an earlier letter. */
  isSearching?: boolean
  /** What is typed and not found is kept as it is, for the server to judge; without it only what is found. */
  isFree?: boolean
}>

type Props = FieldProps & Offer & Readonly<{ value: string; onChange(value: string): void }>

/** Chooses one of many by typing (WAI-ARIA APG, combobox with a list, chosen by hand). */
export function Combobox(props: Props) {
  const { value, onChange } = props
  const take = (next: string) => next !== value && onChange(next)
  return (
    <Field {...props}>
      {wiring => <Box {...props} {...{ wiring, take }} shown={nameOf(value, props)} />}
    </Field>
  )
}

const nameOf = (value: string, { options, textOf }: Offer): string =>
  textOf?.(value) ?? options.find(option => option.value === value)?.text ?? value

type SeveralProps = FieldProps &
  Offer &
  Readonly<{ values: readonly string[]; onChange(values: readonly string[]): void }>

/** Chooses several of many: each that is chosen stands above with a button that takes it away. */
export function SeveralCombobox(props: SeveralProps) {
  const { t } = useWords()
  const { values, onChange, options } = props
  const left = useMemo(
    () => options.filter(option => !values.includes(option.value)),
    [options, values],
  )
  const textOf = (value: string) => nameOf(value, props)
  const remove = (value: string) => onChange(values.filter(one => one !== value))
  const take = (next: string) => {
    if (next !== '' && !values.includes(next)) onChange([...values, next])
  }
  return (
    <Field {...props}>
      {wiring => (
        <div className="grid gap-2">
          {values.length === 0 ? null : (
            <ul
              className="flex flex-wrap gap-2"
              aria-label={t('ui.chosen', { label: props.label })}
            >
              {values.map(value => (
                <li
                  key={value}
                  className="flex min-w-0 items-center rounded-md border border-line bg-paper-2 pl-2.5"
                >
                  <bdi className="min-w-0 break-words py-1">{textOf(value)}</bdi>
                  <IconButton
                    icon="close"
                    label={t('ui.chosen.remove', { name: textOf(value) })}
                    disabled={props.disabled ?? false}
                    onClick={() => {
                      remove(value)
                      // The button goes with what it removes; who works by keyboard goes on here.
                      document.getElementById(wiring.id)?.focus()
                    }}
                  />
                </li>
              ))}
            </ul>
          )}
          <Box
            {...props}
            {...{ wiring, take }}
            options={left}
            shown=""
            removeLast={() => values.length > 0 && remove(values.at(-1)!)}
          />
        </div>
      )}
    </Field>
  )
}

type BoxProps = Offer &
  Readonly<{
    label: string
    wiring: Wiring
    /** What stands in the field while nobody types in it. */
    shown: string
    take(value: string): void
    removeLast?(): void
  }>

function Box({ wiring, label, shown, take, removeLast, ...offer }: BoxProps) {
  const { t } = useWords()
  const { options, onSearch, isFree = false, isSearching = false } = offer
  const listId = useId()
  const [isOpen, setOpen] = useState(false)
  /** null: nothing was typed since it was opened. */
  const [text, setText] = useState<string | null>(null)
  const [at, setAt] = useState(-1)
  const list = useRef<HTMLDivElement>(null)
  const isAsked = onSearch !== undefined
  const found = useMemo(() => {
    if (!isOpen) return []
    if (isAsked) return options.slice(0, shownMax)
    const wanted = fold(text ?? '')
    return options
      .filter(option => fold(`${option.text} ${option.hint ?? ''}`).includes(wanted))
      .slice(0, shownMax)
  }, [isOpen, isAsked, options, text])
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: 'nearest' })
  }, [at, isOpen])

  const open = () => {
    if (isOpen) return
    setOpen(true)
    setAt(-1)
    onSearch?.('')
  }
  const type = (typed: string) => {
    setOpen(true)
    setText(typed)
    setAt(typed === '' ? -1 : 0)
    onSearch?.(typed)
  }
  const close = () => {
    setOpen(false)
    setText(null)
    setAt(-1)
  }
  const choose = (option: Option | undefined) => {
    if (option) take(option.value)
    close()
  }
  /** What was typed without choosing: nothing is nothing, a whole name is what it names. */
  const settle = () => {
    if (text !== null) {
      const typed = text.trim()
      const same = found.filter(option =>
        [option.value, option.text].some(one => fold(one) === fold(typed)),
      )
      if (typed === '') take('')
      else if (same.length === 1) take(same[0]!.value)
      else if (isFree) take(typed)
    }
    close()
  }
  const press = (event: React.KeyboardEvent) => {
    // Enter and arrows of an input method choose among its candidates.
    if (event.nativeEvent.isComposing) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      if (!isOpen) open()
      else if (!event.altKey) setAt(Math.max(0, Math.min(found.length - 1, at + step)))
      else if (step < 0) close()
    } else if (event.key === 'Enter' && isOpen) {
      event.preventDefault()
      if (at >= 0 && found[at] !== undefined && !isSearching) choose(found[at])
      else settle()
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault()
      event.stopPropagation()
      close()
    } else if (event.key === 'Backspace' && (text ?? '') === '' && removeLast) removeLast()
  }
  const more = (offer.found ?? found.length) - found.length
  return (
    <div className="relative">
      <input
        {...wiring}
        type="text"
        role="combobox"
        autoComplete="off"
        aria-expanded={isOpen && found.length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-busy={isSearching || undefined}
        aria-activedescendant={
          isOpen && at >= 0 && at < found.length ? `${listId}-${at}` : undefined
        }
        className={boxClass}
        value={text ?? shown}
        onChange={event => type(event.target.value)}
        onKeyDown={press}
        onClick={event => {
          // What stands there is typed over: another is looked for.
          if (!isOpen) event.currentTarget.select()
          open()
        }}
        onBlur={settle}
      />
      <div
        ref={list}
        id={listId}
        role="listbox"
        // A list that scrolls would be a stop of the Tab key, and take the focus with it when it closes.
        tabIndex={-1}
        aria-label={label}
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
            className={`cursor-pointer px-2.5 py-1.5 pointer-coarse:py-2.5 ${index === at ? 'bg-paper-3' : 'hover:bg-paper-2'}`}
            // Before the field loses its focus and the list its options.
            onMouseDown={event => {
              event.preventDefault()
              choose(option)
            }}
          >
            <bdi>{option.text}</bdi>
            {option.hint ? (
              <span className="block text-s text-ink-2">
                <bdi>{option.hint}</bdi>
              </span>
            ) : null}
          </div>
        ))}
      </div>
      <p
        aria-live="polite"
        className={
          isOpen && (found.length === 0 || more > 0) ? 'mt-1 text-s text-ink-2' : 'sr-only'
        }
      >
        {isOpen && !isSearching ? statusOf({ t, found: found.length, more, isFree, text }) : ''}
      </p>
    </div>
  )
}

type Say = ReturnType<typeof useWords>['t']

function statusOf(
  of: Readonly<{ t: Say; found: number; more: number; isFree: boolean; text: string | null }>,
): string {
  const { t, found, more, isFree, text } = of
  const typed = (text ?? '').trim()
  if (found === 0 && isFree && typed !== '') return t('ui.found.none.free', { text: typed })
  return more > 0 ? t('ui.found.more', { count: found, more }) : t('ui.found', { count: found })
}
