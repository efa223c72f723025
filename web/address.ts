/** Addresses as text: a screen's path, then what is its own, then fields behind `?`. */

/** What follows a screen's path, and what stands behind `?`, as text. */
export type PlaceOfScreen = Readonly<{ rest: string; search: string }>

export function searchText(search: Readonly<Record<string, string | undefined>>): string {
  const fields = Object.entries(search).filter((field): field is [string, string] => !!field[1])
  return fields.length === 0 ? '' : `?${new URLSearchParams(fields)}`
}

export const pathOf = (base: string, rest: readonly string[]): string =>
  [base, ...rest.map(encodeURIComponent)].join('/')
