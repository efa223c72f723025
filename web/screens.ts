import type { Screen } from '../src/core/http/screen.ts'

/**
 * The screens of all modules. They are found and never listed (M14): a folder more is a screen more.
 * The pattern must be a literal for the bundler.
 */
const found = import.meta.glob<Screen>('../src/*/*/screen.tsx', { eager: true, import: 'default' })

export const screens: readonly Screen[] = Object.values(found).sort(
  (a, b) => a.order - b.order || (a.path < b.path ? -1 : 1),
)
