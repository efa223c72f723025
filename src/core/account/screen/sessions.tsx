import { Button } from '../../ui/button.tsx'
import { useHouse } from '../../ui/house.tsx'
import { problemText } from '../../ui/problem.ts'
import { Time } from '../../ui/time.tsx'
import { Badge } from '../../ui/verdict.tsx'
import type { Words } from '../../ui/words.tsx'
import { useWords } from '../../ui/words.tsx'
import { GivenUp, useFresh } from './fresh.ts'
import { asProblem } from './parts.tsx'
import { post } from './post.ts'
import { Row, Section } from './section.tsx'
import type { OwnSession } from './views.ts'

/** Where I am signed in. What I do not know again I end here. */
export function Sessions(props: { sessions: readonly OwnSession[]; changed(): void }) {
  const { sessions, changed } = props
  const words = useWords()
  const { t } = words
  const { tell } = useHouse()
  const fresh = useFresh()
  const end = async (name: string | null) => {
    try {
      // Whoever finds a browser left open must not lock its owner out (ASVS 7.5.2).
      await fresh(() => post('/account/session/end', { name }))
      tell({ text: t(name === null ? 'account.sessions.ended.others' : 'account.sessions.ended') })
    } catch (thrown) {
      if (thrown instanceof GivenUp) return
      tell({ text: problemText(words, asProblem(thrown)).what, tone: 'failed' })
    } finally {
      changed()
    }
  }
  const ordered = sessions.toSorted((a, b) => Number(b.isThis) - Number(a.isThis))
  return (
    <Section title={t('account.sessions.title')} text={t('account.sessions.text')}>
      <ul>
        {ordered.map(session => (
          <Row
            key={session.name}
            title={
              <>
                <bdi>{session.device ?? t('account.device.unknown')}</bdi>
                {session.isThis ? (
                  <span className="ml-2">
                    <Badge>{t('account.sessions.this')}</Badge>
                  </span>
                ) : null}
              </>
            }
            actions={
              session.isThis ? null : (
                <Button onClick={() => void end(session.name)}>{t('account.sessions.end')}</Button>
              )
            }
          >
            <p>{placeOf(t, session.client)}</p>
            <p>
              {t('account.sessions.begun')} <Time at={session.begun} />
            </p>
            <p>
              {t('account.sessions.seen')} <Time at={session.seen} />
            </p>
          </Row>
        ))}
      </ul>
      {sessions.length > 1 ? (
        <Button className="justify-self-start" onClick={() => void end(null)}>
          {t('account.sessions.end.others')}
        </Button>
      ) : null}
    </Section>
  )
}

/** Loopback is this very machine, or a proxy on it. */
const placeOf = (t: Words['t'], client: string | null): string =>
  client === null || client === ''
    ? t('account.place.unknown')
    : /^(127\.|::1$|::ffff:127\.)/.test(client)
      ? t('account.place.here')
      : t('account.place', { address: client })
