import { useEffect, useId, useMemo, useRef, useState } from 'react'
import { Dialog } from '../src/core/ui/dialog.tsx'
import { fold } from '../src/core/ui/find.ts'
import { useHouse } from '../src/core/ui/house.tsx'
import { useAllKeys } from '../src/core/ui/keys.ts'
import { useWords } from '../src/core/ui/words.tsx'
import { useShell } from './shell-context.ts'

type Entry = Readonly<{ id: string; text: string; beside: string; run(): void }>

/** Ctrl/⌘ K: also while something is typed, for it is no letter; never while a word is composed. */
export function usePaletteKey(toggle: () => void): void {
  const latest = useRef(toggle)
  useEffect(() => {
    latest.current = toggle
  })
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.isComposing || event.key.toLowerCase() !== 'k') return
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
      event.preventDefault()
      latest.current()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
}

/** Goes anywhere and does anything that the open screen offers, by a few letters. */
export function Palette({ open, close }: { open: boolean; close(): void }) {
  const { t } = useWords()
  return (
    <Dialog bare title={t('shell.palette')} open={open} close={close}>
      <Search close={close} />
    </Dialog>
  )
}

function Search({ close }: { close(): void }) {
  const { t } = useWords()
  const id = useId()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const entries = useEntries(text)
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: 'nearest' })
  }, [at])
  const choose = (entry: Entry | undefined) => {
    if (!entry) return
    close()
    entry.run()
  }
  const press = (event: React.KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      setAt(Math.max(0, Math.min(entries.length - 1, at + step)))
    } else if (event.key === 'Enter') {
      event.preventDefault()
      choose(entries[at])
    }
  }
  return (
    <>
      <input
        type="text"
        role="combobox"
        aria-expanded={entries.length > 0}
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={entries.length > 0 ? `${id}-${at}` : undefined}
        aria-label={t('shell.palette')}
        placeholder={t('shell.palette.hint')}
        value={text}
        className="sticky top-0 w-full border-b border-line bg-paper px-5 py-3 text-l -outline-offset-2"
        onChange={event => {
          setText(event.target.value)
          setAt(0)
        }}
        onKeyDown={press}
      />
      <div ref={list} id={id} role="listbox" aria-label={t('shell.palette')} className="p-2 text-m">
        {entries.map((entry, index) => (
          <div
            key={entry.id}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            className={`flex cursor-pointer justify-between gap-4 rounded px-3 py-2 ${index === at ? 'bg-paper-3' : ''}`}
            // Keys are the field's: it says by `aria-activedescendant` which is meant.
            onMouseDown={event => {
              event.preventDefault()
              choose(entry)
            }}
          >
            {entry.text}
            <span className="text-ink-2">{entry.beside}</span>
          </div>
        ))}
      </div>
      <p role="status" className={entries.length === 0 ? 'px-5 pb-4 text-ink-2' : 'sr-only'}>
        {t('ui.found', { count: entries.length })}
      </p>
    </>
  )
}

/** What the letters may mean: a name of a screen by its form, a screen, something to do. */
function useEntries(text: string): readonly Entry[] {
  const { t } = useWords()
  const { goTo } = useHouse()
  const { screens } = useShell()
  const keys = useAllKeys()
  const name = text.normalize('NFKC').trim()
  return useMemo(() => {
    const jumps = screens.flatMap(({ path, jump }) =>
      jump?.form.test(name)
        ? [
            {
              id: path,
              text: t(jump.says, { name }),
              address: `${path}/${encodeURIComponent(name)}`,
            },
          ]
        : [],
    )
    const named = screens.map(screen => ({
      id: `screen ${screen.path}`,
      text: t(screen.title),
      beside: t(`shell.place.${screen.place}`),
      run: () => goTo(screen.path),
    }))
    const actions = keys.map(key => ({
      id: `key ${key.press} ${key.says}`,
      text: key.says,
      beside: key.press,
      run: key.run,
    }))
    const wanted = fold(name)
    return [
      ...jumps.map(({ address, ...jump }) => ({ ...jump, beside: '', run: () => goTo(address) })),
      ...[...named, ...actions].filter(entry => fold(entry.text).includes(wanted)),
    ]
  }, [name, screens, keys, t, goTo])
}
