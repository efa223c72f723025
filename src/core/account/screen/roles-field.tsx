import { FieldSet } from '../../ui/field.tsx'
import type { FormState } from '../../ui/form.tsx'
import { CheckBox } from '../../ui/inputs.tsx'
import { useWords } from '../../ui/words.tsx'
import type { RoleName } from '../roles.ts'
import { roles } from '../roles.ts'

export type RoleValues = Readonly<Record<RoleName, boolean>>

export const valuesOf = (held: readonly RoleName[]): RoleValues =>
  Object.fromEntries(roles.map(role => [role, held.includes(role)])) as RoleValues

export const rolesOf = (values: RoleValues): readonly RoleName[] =>
  roles.filter(role => values[role])

/** The roles, each with what it lets people do. */
export function RolesField<V extends RoleValues>(props: { form: FormState<V>; hint?: string }) {
  const { form, hint } = props
  const { t } = useWords()
  return (
    <FieldSet label={t('account.roles')} {...(hint ? { hint } : {})}>
      {roles.map(role => (
        <CheckBox
          key={role}
          name={role}
          label={t(`shell.role.${role}`)}
          hint={t(`account.role.${role}`)}
          value={form.values[role]}
          onChange={on => form.set(role, on as V[RoleName])}
        />
      ))}
    </FieldSet>
  )
}
