/** Numbers and times as people read them. */

const whole = new Intl.NumberFormat('en')

export const count = (number: number): string => whole.format(number)

/** `1 rule`, `2 rules`. */
export const counted = (number: number, one: string, many = `${one}s`): string =>
  `${count(number)} ${number === 1 ? one : many}`

const units = ['bytes', 'KB', 'MB', 'GB', 'TB']

export function size(bytes: number): string {
  let amount = bytes
  let unit = 0
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1000
    unit++
  }
  return `${unit === 0 ? amount : amount.toFixed(amount < 100 ? 1 : 0)} ${units[unit]}`
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

/** `2026-11-27 13:05:09`, in UTC. */
const stamp = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ')

/** From one time to another; what both have in common is said once. */
export function span(fromMs: number, toMs: number): string {
  const from = stamp(fromMs)
  const to = stamp(toMs)
  if (from === to) return from
  return from.slice(0, 10) === to.slice(0, 10) ? `${from} – ${to.slice(11)}` : `${from} – ${to}`
}
