import { type Ask, get } from '../../ui/client.ts'
import type { actionRoute } from '../action.ts'
import type { registerRoutes } from '../routes.ts'

/** The routes of any register: all have the same shape. */
type Routes = ReturnType<typeof registerRoutes>
type AnswerOf<A> = A extends Ask<infer T> ? T : never

export type List = Routes['list']
export type Create = Routes['create']
export type Change = Routes['change']
export type Act = ReturnType<typeof actionRoute>
export type Close = Routes['close']
export type Import = Routes['import']
export type Compare = Routes['compare']
export type Declare = Routes['declare']

const aboutOf = (name: string) => get<Routes['about']>(`/registers/${name}/about`)
const entryOf = (name: string, id: string) =>
  get<Routes['read']>(`/registers/${name}/entry`, { query: { id } })
const pageOf = (name: string, query: Query) =>
  get<List>(`/registers/${name}`, { query: { ...usual, ...query } })

/** What the route does without; its types ask for all of them. */
const usual = { order: 'up', text: '', closed: 'no', offset: 0, limit: 50 } as const

export const asks = { about: aboutOf, entry: entryOf, page: pageOf }

export type About = AnswerOf<ReturnType<typeof aboutOf>>
export type Column = About['columns'][number]
export type Entry = AnswerOf<ReturnType<typeof entryOf>>
export type Row = AnswerOf<ReturnType<typeof pageOf>>['rows'][number]

/** What stands behind `?` in the address of a register, and what its routes are asked. */
export type Query = Readonly<{
  text?: string
  sort?: string
  order?: 'up' | 'down'
  closed?: 'yes' | 'no'
  offset?: number
  limit?: number
}> &
  Readonly<Record<string, any>>
