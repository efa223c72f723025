import { Button } from '../../ui/button.tsx'
import { Menu, MenuLabel, MenuLink } from '../../ui/menu.tsx'
import { Notice } from '../../ui/notice.tsx'
import { useWords } from '../../ui/words.tsx'
import type { About, Query } from './asks.ts'
import { usePlace } from './place.ts'
import { Standing } from './standing.tsx'

/** What the register is, who vouches for it, and what can be done with the whole of it. */
export function Head({ about, query }: { about: About; query: Query }) {
  const { t } = useWords()
  const { open } = usePlace()
  const { name, may } = about
  const broken = about.sources.filter(({ ended }) => !ended)
  return (
    <header className="grid gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-2xl font-bold">{t(`${name}.title`)}</h1>
        <div className="flex flex-wrap gap-2 print:hidden">
          <Menu
            label={t('register.export')}
            trigger={<Button icon="down">{t('register.export')}</Button>}
          >
            <MenuLabel>{t('register.export.what')}</MenuLabel>
            {formats.map(({ id, query: format }) => (
              <MenuLink key={id} href={exportOf(name, { ...query, ...format })} download>
                {t(`register.export.${id}`)}
              </MenuLink>
            ))}
          </Menu>
          {may.write ? (
            <>
              <Button onClick={() => open({ do: 'import' })}>{t('register.import')}</Button>
              <Button look="next" onClick={() => open({ do: 'new' })}>
                {t('register.new')}
              </Button>
            </>
          ) : null}
        </div>
      </div>
      <Standing about={about} />
      {broken.map(({ source }) => (
        <Notice key={source} tone="failed" title={t('register.broken', { source })}>
          <p>{t('register.broken.text')}</p>
        </Notice>
      ))}
    </header>
  )
}

const formats = [
  { id: 'csv', query: { format: 'csv' } },
  { id: 'excel', query: { format: 'csv', mark: 'yes' } },
  { id: 'json', query: { format: 'json' } },
] as const

const exportOf = (name: string, query: Query): string =>
  `/api/registers/${name}/export?${new URLSearchParams(query as Record<string, string>)}`
