import type { ReactNode } from 'react'
import { formatDay } from '../../i18n/time.ts'
import { Button } from '../../ui/button.tsx'
import { Time } from '../../ui/time.tsx'
import { VerdictMark } from '../../ui/verdict.tsx'
import { useWords } from '../../ui/words.tsx'
import type { About } from './asks.ts'
import { usePlace } from './place.ts'

/** Whether the list is the whole list, and who says so: without that, "all of them" means nothing. */
export function Standing({ about }: { about: About }) {
  const { t } = useWords()
  const { open } = usePlace()
  const { may } = about
  const act = (what: string) => (
    <Button look="plain" className="min-h-7! px-2! text-s" onClick={() => open({ do: what })}>
      {t(`register.${what}`)}
    </Button>
  )
  return (
    <dl className="flex flex-wrap gap-x-10 gap-y-3 border-y border-line py-3 text-m">
      <Item name={t('register.size')}>
        <b className="numbers text-l">{t('register.entries', { count: about.size })}</b>
      </Item>
      {about.isWhole ? (
        <Item name={t('register.declared.name')} action={may.write ? act('declare') : null}>
          <Declared about={about} />
        </Item>
      ) : null}
      {about.comparable === null ? null : (
        <Item name={t('register.second')} action={may.write ? act('compare') : null}>
          <Compared about={about} />
        </Item>
      )}
      {about.verified === null ? null : (
        <Item name={t('register.verified')}>
          <Verified about={about} />
        </Item>
      )}
    </dl>
  )
}

/** Who vouches for the whole of it; nothing where nobody can. */
export function Declared({ about: { declared, isWhole } }: { about: About }) {
  const { t } = useWords()
  if (!isWhole) return null
  if (declared === null) return <Marked as="unknown">{t('register.declared.never')}</Marked>
  return (
    <Marked as={declared.isSame ? 'kept' : 'due'}>
      <Time at={declared.at} day />
      {declared.by === null ? null : (
        <bdi className="ml-2">{t('register.by', { by: declared.by })}</bdi>
      )}
      {declared.isSame ? null : (
        <span className="block text-ink-2">{t('register.declared.changed')}</span>
      )}
    </Marked>
  )
}

/** What a second source says of it. */
export function Compared({ about: { compared, comparable } }: { about: About }) {
  const { t } = useWords()
  if (comparable === null) return null
  if (compared === null) return <Marked as="unknown">{t('register.second.never')}</Marked>
  const { at, seen, unlisted, isDeclared, of } = compared
  const isPart = of !== null && of.done < of.all
  return (
    <Marked as={unlisted > 0 ? 'broken' : isPart ? 'unknown' : isDeclared ? 'kept' : 'due'}>
      <Time at={at} day />
      <span className="block text-ink-2">
        {t('register.second.counts', { seen, unlisted })}
        {of === null ? null : ` ${t('register.second.of', of)}`}
      </span>
    </Marked>
  )
}

/** How long ago what stands there was last looked into. */
export function Verified({ about: { verified, size } }: { about: About }) {
  const { t, locale } = useWords()
  if (verified === null || size === 0) return null
  const { oldest, never } = verified
  // How old is too old, its control knows: here stands no verdict but that nobody has looked at all.
  return (
    <span className="grid">
      {oldest ? <span>{formatDay(locale, 'UTC', `${oldest}T12:00:00Z`)}</span> : null}
      {never > 0 ? (
        <Marked as="unknown">{t('register.verified.never', { count: never })}</Marked>
      ) : null}
    </span>
  )
}

function Marked(props: { as: 'kept' | 'due' | 'broken' | 'unknown'; children: ReactNode }) {
  return (
    <span className="flex items-start gap-2">
      <span className="mt-px">
        <VerdictMark status={props.as} />
      </span>
      <span>{props.children}</span>
    </span>
  )
}

function Item(props: { name: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="grid content-start gap-0.5">
      <dt className="text-s text-ink-2">{props.name}</dt>
      <dd className="m-0 flex flex-wrap items-start gap-x-3 gap-y-1">
        {props.children}
        {props.action}
      </dd>
    </div>
  )
}
