import type { ReactNode } from 'react'
import { Component, useCallback, useEffect, useState } from 'react'
import type { Screen } from '../src/core/http/screen.ts'
import { Problem } from '../src/core/http/screen.ts'
import type { Locale } from '../src/core/i18n/locale.ts'
import { locales } from '../src/core/i18n/locale.ts'
import { get, onGrown, post } from './api.ts'
import type { Words } from './messages.ts'
import {
  applyTheme,
  firstLocale,
  firstTheme,
  loadWords,
  rememberLocale,
  themes,
} from './messages.ts'
import { go, pathOf, usePlace } from './router.ts'
import { screens } from './screens.ts'
import { Enrol } from './sign-in/enrol.tsx'
import { SignIn } from './sign-in/sign-in.tsx'

type Session = Readonly<{ name: string; permissions: readonly string[]; zone: string }>

/** What stands around every screen: its name, the places, the language; and the door. */
export function Shell({ token }: { token: string | null }) {
  const [link, setLink] = useState(token)
  const [locale, setLocale] = useState<Locale>(firstLocale)
  const [words, setWords] = useState<Words | null>(null)
  const [session, setSession] = useState<Session | Problem | null>(null)

  useEffect(() => {
    let current = true
    document.documentElement.lang = locale
    loadWords(locale).then(
      loaded => current && setWords(loaded),
      (problem: unknown) => current && setSession(asProblem(problem)),
    )
    return () => {
      current = false
    }
  }, [locale])

  const meet = useCallback(() => {
    get<Session>('/session').then(setSession, (problem: unknown) => setSession(asProblem(problem)))
  }, [])
  useEffect(meet, [meet])

  if (words === null || session === null) return <div className="shell-wait" aria-busy="true" />
  const choose = (next: Locale) => {
    rememberLocale(next)
    setLocale(next)
  }
  const bar = <Preferences words={words} choose={choose} />
  if (link !== null) {
    const enter = () => {
      setLink(null)
      meet()
    }
    return (
      <Porch bar={bar}>
        <Enrol token={link} words={words} enter={enter} />
      </Porch>
    )
  }
  if (session instanceof Problem) {
    return (
      <Porch bar={bar}>
        {session.status === 401 ? (
          <SignIn words={words} enter={meet} />
        ) : (
          <Broken problem={session} words={words} />
        )}
      </Porch>
    )
  }
  return <House session={session} words={words} bar={bar} />
}

function House({ session, words, bar }: { session: Session; words: Words; bar: ReactNode }) {
  const place = usePlace()
  const [size, setSize] = useState<number | null>(null)
  useEffect(() => onGrown(setSize), [])

  const open = screens.filter(screen => session.permissions.includes(screen.permission))
  const [first] = open
  const screen = open.find(each => each.path === `/${place[0]}`)
  useEffect(() => {
    if (place.length === 0 && first) go([first.path.slice(1)], { replace: true })
  }, [place, first])
  const name = screen ? words.t(screen.title) : words.t('shell.nowhere')
  useEffect(() => {
    document.title = `${name} · Okite`
  }, [name])

  return (
    <>
      <a className="shell-skip" href="#main">
        {words.t('shell.skip')}
      </a>
      <header className="shell-bar">
        <a className="shell-mark" href="/">
          <span aria-hidden="true" className="shell-kanji" lang="ja">
            掟
          </span>
          Okite
        </a>
        <nav aria-label={words.t('shell.places')}>
          {open.map(each => (
            <a
              key={each.path}
              href={pathOf([each.path.slice(1)])}
              aria-current={each === screen ? 'page' : undefined}
            >
              {words.t(each.title)}
            </a>
          ))}
        </nav>
        {bar}
        <Leave words={words} name={session.name} />
      </header>
      <main id="main" tabIndex={-1}>
        <Guard words={words} key={screen?.path}>
          {screen ? (
            <Opened screen={screen} {...{ session, words, place, size }} />
          ) : (
            <Nowhere words={words} />
          )}
        </Guard>
      </main>
    </>
  )
}

function Opened(props: {
  screen: Screen
  session: Session
  words: Words
  place: readonly string[]
  size: number | null
}) {
  const { screen, session, words, place, size } = props
  const Body = screen.component
  const base = screen.path.slice(1)
  return (
    <Body
      {...words}
      zone={session.zone}
      place={place.slice(1)}
      go={(next, options) => go([base, ...next], options)}
      get={get}
      size={size}
    />
  )
}

function Preferences({ words, choose }: { words: Words; choose(locale: Locale): void }) {
  const [theme, setTheme] = useState(firstTheme)
  const names: Record<Locale, string> = { ja: '日本語', 'zh-TW': '繁體中文', en: 'English' }
  return (
    <div className="shell-preferences">
      <select
        aria-label={words.t('shell.language')}
        value={words.locale}
        onChange={event => {
          const chosen = locales.find(each => each === event.target.value)
          if (chosen) choose(chosen)
        }}
      >
        {locales.map(each => (
          <option key={each} value={each} lang={each}>
            {names[each]}
          </option>
        ))}
      </select>
      <select
        aria-label={words.t('shell.theme')}
        value={theme}
        onChange={event => {
          const chosen = themes.find(each => each === event.target.value)
          if (!chosen) return
          setTheme(chosen)
          applyTheme(chosen)
        }}
      >
        {themes.map(each => (
          <option key={each} value={each}>
            {words.t(`shell.theme.${each}`)}
          </option>
        ))}
      </select>
    </div>
  )
}

/** Ends the session here and now, on every page (ASVS 7.4.4). What was loaded goes with it. */
function Leave({ words, name }: { words: Words; name: string }) {
  const leave = () => void post('/session/end', {}).finally(() => location.assign('/'))
  return (
    <button type="button" className="shell-leave" title={name} onClick={leave}>
      {words.t('account.leave')}
    </button>
  )
}

/** What stands before the house: seen by who has no session. */
function Porch({ bar, children }: { bar: ReactNode; children: ReactNode }) {
  return (
    <>
      <header className="shell-bar">
        <span className="shell-mark">
          <span aria-hidden="true" className="shell-kanji" lang="ja">
            掟
          </span>
          Okite
        </span>
        {bar}
      </header>
      <main className="shell-page">{children}</main>
    </>
  )
}

function Broken({ problem, words }: { problem: Problem; words: Words }) {
  const id = `error.${problem.code.replaceAll('_', '-')}`
  const said = (key: string, otherwise: string) => (words.has(key) ? words.t(key) : otherwise)
  return (
    <>
      <h1>{words.t('shell.broken.title')}</h1>
      <p>{said(id, problem.message)}</p>
      <p>{said(`${id}.remedy`, problem.remedy)}</p>
    </>
  )
}

function Nowhere({ words }: { words: Words }) {
  return (
    <div className="shell-page">
      <h1>{words.t('shell.nowhere')}</h1>
      <p>
        <a href="/">{words.t('shell.nowhere.back')}</a>
      </p>
    </div>
  )
}

/** A screen that fails takes nothing else with it. */
class Guard extends Component<{ words: Words; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override render() {
    if (!this.state.failed) return this.props.children
    const { t } = this.props.words
    return (
      <div className="shell-page" role="alert">
        <h1>{t('shell.broken.title')}</h1>
        <p>{t('shell.broken.text')}</p>
        <button type="button" onClick={() => this.setState({ failed: false })}>
          {t('shell.again')}
        </button>
      </div>
    )
  }
}

const asProblem = (thrown: unknown): Problem =>
  thrown instanceof Problem ? thrown : new Problem('HTTP_UNREACHABLE', 0, String(thrown), '')
