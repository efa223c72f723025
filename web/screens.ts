import type { Screen } from '../src/core/ui/screen.ts'

/** A screen, and the module whose catalogue it speaks from. */
export type FoundScreen = Screen & Readonly<{ module: string }>

/**
 * The screens of all modules. They are found and never listed (M14): a folder more is a screen more.
 * The pattern must be a literal for the bundler.
 */
const found = import.meta.glob<Screen | readonly Screen[]>('../src/*/*/screen.tsx', {
  eager: true,
  import: 'default',
})

export const screens: readonly FoundScreen[] = Object.entries(found).flatMap(([file, given]) => {
  const [top = '', name = ''] = file.split('/').slice(2)
  // All of core speaks from one catalogue.
  const module = top === 'core' ? top : `${top}.${name}`
  return [given].flat().map(screen => ({ ...screen, module }))
})
