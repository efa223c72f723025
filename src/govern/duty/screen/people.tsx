import {
  ChoiceField,
  type Choosing,
  EntryField,
  entriesOf,
  SeveralChoiceField,
} from '../../../core/ui/choice-field.tsx'
import { get } from '../../../core/ui/client.ts'
import type { EntryInput } from '../../../core/ui/fact-fields.tsx'
import type { FieldProps } from '../../../core/ui/field.tsx'
import { useMay } from '../../../core/ui/house.tsx'
import { useWords } from '../../../core/ui/words.tsx'
import type { GetPeople } from '../routes.ts'

/** Whoever keeps the register finds people by all that stands there; others by a part of their name. */
function usePeople(): Choosing | null {
  const { locale } = useWords()
  const seesRegister = useMay('register.person.personal')
  const mayDelegate = useMay('duty.delegate')
  if (seesRegister) return entriesOf('person', locale)
  return mayDelegate ? byName : null
}

const byName: Choosing = {
  search: text =>
    text === '' ? null : get<GetPeople>('/duties/people', { query: { search: text } }),
  named: values =>
    get<GetPeople>('/duties/people', { query: { search: '', values: values.join(' ') } }),
}

/** What a duty's form names: people also by who may not read their register. */
export const DutyEntry: EntryInput = props => <Entry {...props} />

function Entry(props: Parameters<EntryInput>[0]) {
  const { t } = useWords()
  const { register, between } = props
  const people = usePeople()
  if (register !== 'person' || people === null) return <EntryField {...props} />
  const given = { ...props, from: people, hint: props.hint ?? t('duty.person.hint') }
  return between === undefined ? (
    <ChoiceField {...given} />
  ) : (
    <SeveralChoiceField {...given} between={between} />
  )
}

type PersonProps = FieldProps &
  Readonly<{
    value: string
    onChange(value: string): void
    /** Also somebody who stands in no register, as he is typed. */
    outsiders?: boolean
  }>

/** Somebody of the register, found by a part of his name. */
export function PersonField({ outsiders = false, ...props }: PersonProps) {
  const { t } = useWords()
  const hint = t(outsiders ? 'duty.person.hint.outside' : 'duty.person.hint')
  return <Entry {...props} register="person" hint={props.hint ?? hint} />
}
