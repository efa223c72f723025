import { useState } from 'react'
import type { Locale } from '../src/core/i18n/locale.ts'
import { languageNames, locales } from '../src/core/i18n/locale.ts'
import { IconButton } from '../src/core/ui/button.tsx'
import { Menu, MenuChoice } from '../src/core/ui/menu.tsx'
import { useWords } from '../src/core/ui/words.tsx'
import { useShell } from './shell-context.ts'
import { applyTheme, firstTheme, themes } from './theme.ts'

/** Language and colours, as entries of a menu. */
export function PreferenceItems({ offered = locales }: { offered?: readonly Locale[] }) {
  const { t, locale } = useWords()
  const { choose } = useShell()
  const [theme, setTheme] = useState(firstTheme)
  return (
    <>
      <MenuChoice
        label={t('shell.language')}
        value={locale}
        options={offered.map(each => ({ value: each, text: languageNames[each], lang: each }))}
        onChange={value => {
          const chosen = locales.find(each => each === value)
          if (chosen) choose(chosen)
        }}
      />
      <MenuChoice
        label={t('shell.theme')}
        value={theme}
        options={themes.map(each => ({ value: each, text: t(`shell.theme.${each}`) }))}
        onChange={value => {
          const chosen = themes.find(each => each === value)
          if (!chosen) return
          setTheme(chosen)
          applyTheme(chosen)
        }}
      />
    </>
  )
}

/** The same for who is not signed in. */
export function Preferences() {
  const { t } = useWords()
  return (
    <div className="ml-auto">
      <Menu
        label={t('shell.settings')}
        trigger={<IconButton icon="globe" label={t('shell.settings')} />}
      >
        <PreferenceItems />
      </Menu>
    </div>
  )
}
