import { defineScreen } from '../ui/screen.ts'

/**
 * The screen of a register, made of what its routes say of it: a module that has one writes no more than
 * this into its `screen.tsx`. Its name is `<name>.title` of the module's catalogue.
 */
export const registerScreen = (name: string, order: number) =>
  defineScreen({
    place: 'registers',
    path: `/registers/${name}`,
    title: `${name}.title`,
    permission: `register.${name}.read`,
    order,
    async load() {
      const { registerPage } = await import('./screen/page.tsx')
      return { default: registerPage(name) }
    },
  })
