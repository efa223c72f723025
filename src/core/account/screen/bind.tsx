import { useState } from 'react'
import { useHouse } from '../../ui/house.tsx'
import { TextInput } from '../../ui/inputs.tsx'
import { useWords } from '../../ui/words.tsx'
import { useFresh } from './fresh.ts'
import { SecretForm } from './parts.tsx'
import { post } from './post.ts'
import { Section } from './section.tsx'

/** For whoever was there before the register: which entry is his. Until then no office finds him. */
export function Bind({ changed }: { changed(): void }) {
  const { t } = useWords()
  const { tell } = useHouse()
  const fresh = useFresh()
  const [number, setNumber] = useState('')
  const bind = async () => {
    await fresh(() => post('/account/bind', { number }))
    changed()
    tell({ text: t('account.bind.done') })
  }
  return (
    <Section title={t('account.bind.title')} text={t('account.bind.text')}>
      <div className="max-w-sm">
        <SecretForm submit={t('account.bind.submit')} work={bind}>
          <TextInput
            label={t('account.bind.number')}
            value={number}
            required
            maxLength={80}
            onChange={setNumber}
          />
        </SecretForm>
      </div>
    </Section>
  )
}
