import { useEffect, useState } from 'react'
import { get } from '../../../core/ui/client.ts'
import { Combobox } from '../../../core/ui/combobox.tsx'
import type { FieldProps } from '../../../core/ui/field.tsx'
import { useRead } from '../../../core/ui/read.ts'
import { useWords } from '../../../core/ui/words.tsx'
import type { GetPeople } from '../routes.ts'

type Props = FieldProps &
  Readonly<{
    value: string
    onChange(value: string): void
    /** Also somebody who stands in no register, as he is typed. */
    outsiders?: boolean
  }>

/** Long enough not to ask for every letter. */
const pauseMs = 200

/** Somebody of the register, found by a part of his name. */
export function PersonField(props: Props) {
  const { t } = useWords()
  const { value, outsiders = false } = props
  const [typed, setTyped] = useState('')
  const [search, setSearch] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setSearch(typed.trim()), pauseMs)
    return () => clearTimeout(timer)
  }, [typed])
  const read = useRead(
    search === '' ? null : get<GetPeople>('/duties/people', { query: { search } }),
  )
  const [known, setKnown] = useState<ReadonlyMap<string, string>>(new Map())
  const found = (search === '' ? null : read.value?.people) ?? []
  const options = found.map(one => ({
    value: one.person,
    text: one.name,
    hint: [one.person, one.department ?? ''].filter(part => part !== '').join(' · '),
  }))
  const isKnown = options.some(option => option.value === value)
  const outside = outsiders && typed.trim() !== '' && options.length === 0 ? typed.trim() : null
  return (
    <Combobox
      {...props}
      hint={props.hint ?? t(outsiders ? 'duty.person.hint.outside' : 'duty.person.hint')}
      onSearch={setTyped}
      onChange={chosen => {
        const text = options.find(option => option.value === chosen)?.text
        if (text) setKnown(new Map([...known, [chosen, text]]))
        props.onChange(chosen)
      }}
      options={[
        ...options,
        ...(outside === null
          ? []
          : [{ value: outside, text: outside, hint: t('duty.person.outside') }]),
        ...(value === '' || isKnown || value === outside
          ? []
          : [{ value, text: known.get(value) ?? value }]),
      ]}
    />
  )
}
