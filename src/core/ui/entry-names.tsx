import type { Named } from '../record/named.ts'
import { entriesOf } from './choice-field.tsx'
import { useMay } from './house.tsx'
import { useRead } from './read.ts'
import { useWords } from './words.tsx'

/** The register in which offices stand. */
const officeRegister = 'role'

/** Of which register the values of a field are; null: of none, or it is not known yet. */
export function useNaming(type: string, path: string): string | null {
  // What types name does not change while the program runs.
  const { value } = useRead<Readonly<Record<string, Named>>>(
    { method: 'get', path: '/types/named' },
    'once',
  )
  const register = value?.[type]?.[path] ?? null
  return register === 'office' ? officeRegister : register
}

/** How entries of a register are called, beside their numbers, for who may read it. */
export function EntryNames({ register, values }: { register: string; values: readonly string[] }) {
  const { locale } = useWords()
  const may = useMay(`register.${register}.read`)
  const asked = may ? entriesOf(register, locale).named(values) : null
  const choices = useRead(asked, 'once').value?.choices ?? []
  const textOf = (value: string) => choices.find(one => one.value === value)?.text ?? value
  return (
    <ul className="grid gap-1">
      {values.map(value => (
        <li key={value} className="break-words">
          <bdi>{textOf(value)}</bdi>
          {textOf(value) === value ? null : <bdi className="ml-2 text-s text-ink-2">{value}</bdi>}
        </li>
      ))}
    </ul>
  )
}
