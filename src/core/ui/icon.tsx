/** The few signs that stand for themselves. Each has words beside it or in its button's name. */
const shapes = {
  search: 'M7 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10Zm3.6-1.4L14 14',
  close: 'M3.5 3.5l9 9m0-9l-9 9',
  down: 'M4 6l4 4 4-4',
  up: 'M4 10l4-4 4 4',
  next: 'M6 3.5l4.5 4.5L6 12.5',
  previous: 'M10 3.5L5.5 8l4.5 4.5',
  check: 'M3 8.5l3.2 3.2L13 5',
  columns: 'M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10',
  globe:
    'M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4ZM1.8 8h12.4M8 1.8c2 1.7 2.8 3.8 2.8 6.2S10 12.5 8 14.2C6 12.5 5.2 10.400 5.2 8S6 3.500 8 1.800Z',
  person:
    'M8 7.5a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2ZM2.8 13.7c.6-2.6 2.6-4.2 5.2-4.2s4.6 1.6 5.2 4.2',
  file: 'M4 1.8h5l3.2 3.2v9.2H4zM9 1.8V5h3.2',
  alert: 'M8 4.5v4.2M8 11.2v.3M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4Z',
} as const

export type IconName = keyof typeof shapes

export function Icon({ name }: { name: IconName }) {
  return (
    <svg viewBox="0 0 16 16" className="inline-block size-[1em] flex-none" aria-hidden="true">
      <path
        d={shapes[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}
