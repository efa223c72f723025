import { useLanguages } from '../src/core/account/screen/views.ts'
import { IconButton } from '../src/core/ui/button.tsx'
import { send } from '../src/core/ui/client.ts'
import { dropAllDrafts } from '../src/core/ui/draft.ts'
import { useHouse } from '../src/core/ui/house.tsx'
import { Menu, MenuItem, MenuLabel, MenuLine, MenuLink } from '../src/core/ui/menu.tsx'
import { useWords } from '../src/core/ui/words.tsx'
import { placeless } from './navigation.ts'
import { PreferenceItems } from './preferences.tsx'
import { useShell } from './shell-context.ts'

/** Who is signed in and as what, the preferences, and the way out. */
export function AccountMenu() {
  const { t } = useWords()
  const { session } = useHouse()
  const { screens, clear } = useShell()
  const { tell } = useHouse()
  const own = placeless(screens)
  const leave = async () => {
    const outcome = await send({ method: 'post', path: '/session/end', body: {} })
    // The session runs on where nobody heard of it: he must not go away believing otherwise.
    if (!outcome.ok && outcome.problem.status !== 401) {
      return tell({ text: t('shell.leave.failed'), tone: 'failed' })
    }
    // Whoever comes next to this machine must not read what was typed here.
    dropAllDrafts()
    clear()
  }
  return (
    <Menu
      label={t('shell.account')}
      trigger={<IconButton icon="person" label={t('shell.account')} />}
    >
      <MenuLabel>
        <bdi className="block font-semibold text-ink">{session.name}</bdi>
        {session.roles?.map(role => t(`shell.role.${role}`)).join(t('shell.role.and'))}
      </MenuLabel>
      <MenuLine />
      {own.map(screen => (
        <MenuLink key={screen.path} href={screen.path}>
          {t(screen.title)}
        </MenuLink>
      ))}
      {own.length > 0 ? <MenuLine /> : null}
      <Preferred hasAccount={own.length > 0} />
      <MenuLine />
      <MenuItem run={() => void leave()}>{t('shell.leave')}</MenuItem>
    </Menu>
  )
}

/** Asked for when the menu opens, and not before: the first screen does not wait for it. */
function Preferred({ hasAccount }: { hasAccount: boolean }) {
  const { locale } = useWords()
  return <PreferenceItems offered={useLanguages(locale, hasAccount)} />
}
