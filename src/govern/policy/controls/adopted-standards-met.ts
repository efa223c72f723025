import { rollup } from '../../../core/control/rollup.ts'

/**
 * The standards that we adopted ask for nothing that no control looks at, so they are met when every
 * control is kept. Subjects under an approved exception are counted apart by the controls themselves.
 */
export const adoptedStandardsMet = rollup({
  id: 'govern.policy.adopted-standards-met',
  version: 1,
  owner: 'ciso',
  of: control => control.kind !== 'rollup',
  worst: true,
})
