import { IconButton } from '../src/core/ui/button.tsx'
import { send } from '../src/core/ui/client.ts'
import { dropAllDrafts } from '../src/core/ui/draft.ts'
import { useHouse } from '../src/core/ui/house.tsx'
import { Menu, MenuItem, MenuLabel, MenuLine } from '../src/core/ui/menu.tsx'
import { useWords } from '../src/core/ui/words.tsx'
import { PreferenceItems } from './preferences.tsx'
import { useShell } from './shell-context.ts'

/** Who is signed in and as what, the preferences, and the way out. */
export function AccountMenu() {
  const { t } = useWords()
  const { session } = useHouse()
  const { renew } = useShell()
  const leave = async () => {
    await send({ method: 'post', path: '/session/end', body: {} })
    // Whoever comes next to this machine must not read what was typed here.
    dropAllDrafts()
    renew()
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
      <PreferenceItems />
      <MenuLine />
      <MenuItem run={() => void leave()}>{t('shell.leave')}</MenuItem>
    </Menu>
  )
}
