import { formatInstant } from '../i18n/time.ts'
import type { FieldProps } from './field.tsx'
import { boxClass, Field } from './field.tsx'
import { useWords } from './words.tsx'

/**
 * A day with its time, as `2026-11-23T10:30` where the organisation is; below it stands how Okite read it,
 * with its zone, because the laptop may stand in another.
 */
export function InstantField(
  props: FieldProps & Readonly<{ value: string; onChange(value: string): void }>,
) {
  const { locale, zone } = useWords()
  const { value, onChange } = props
  const instant = instantOf(value, zone)
  const read = instant === null ? null : formatInstant(locale, zone, instant)
  return (
    <Field {...props} note={props.note ?? read}>
      {wiring => (
        <input
          {...wiring}
          {...{ value }}
          type="datetime-local"
          className={`${boxClass} numbers max-w-72`}
          onChange={event => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}

/** `2026-11-23T10:30` in a zone as an instant; null for what is none. */
export function instantOf(local: string, zone: string): string | null {
  const asUtcMs = Date.parse(`${local}Z`)
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(local) || Number.isNaN(asUtcMs)) return null
  // Twice: near a change of the clocks the first guess may lie on its other side.
  const firstMs = asUtcMs - offsetMs(asUtcMs, zone)
  return new Date(asUtcMs - offsetMs(firstMs, zone)).toISOString()
}

/** An instant as the field of its zone shows it: `2026-11-23T10:30`. */
export function localOf(instant: string, zone: string): string {
  const ms = Date.parse(instant)
  if (Number.isNaN(ms)) return ''
  return new Date(ms + offsetMs(ms, zone)).toISOString().slice(0, 16)
}

/** By how much the clocks of a zone are ahead of UTC. */
function offsetMs(ms: number, zone: string): number {
  const shown = new Intl.DateTimeFormat('sv-SE', {
    ...{ timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  } as Intl.DateTimeFormatOptions).format(ms)
  return Date.parse(`${shown.replace(' ', 'T')}Z`) - Math.floor(ms / 1000) * 1000
}
