import { choiceOf, keepChoice } from './choice.ts'

export const themes = ['auto', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

export const firstTheme = (): Theme => themes.find(theme => theme === choiceOf('theme')) ?? 'auto'

export function applyTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme
  keepChoice('theme', theme)
}
