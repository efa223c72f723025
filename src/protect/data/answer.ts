import type { Reason } from '../../core/control/kind.ts'

/** What a control of this module answers where it does not simply hold. */
type Answer<S> = Readonly<{ status: S; reason: Reason }>

export const broken = (code: string, args: Reason['args'] = {}): Answer<'broken'> => ({
  status: 'broken',
  reason: { code: `data.${code}`, args },
})

export const unknown = (code: string, args: Reason['args'] = {}): Answer<'unknown'> => ({
  status: 'unknown',
  reason: { code: `data.${code}`, args },
})
