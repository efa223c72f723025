import { availableParallelism } from 'node:os'
import { statementsId } from '../control/rollup.ts'
import type { Judge } from '../judge.ts'
import { limits } from '../limits.ts'
import type { MakeJudges, Threads } from './apart.ts'
import { discoverModules } from './discover.ts'

/** The judges of the modules, made again in a thread of a fold. @param data the folder `src` */
export const makeJudges: MakeJudges<Readonly<{ source: string }>> = async ({ source }) => {
  const { judges, controls } = await discoverModules(source)
  return { judges, defaults: new Map(controls.map(({ id, params }) => [id, params])) }
}

/** Threads in which the judges of the modules can be folded; that of the statements needs the packs. */
export const ownThreads = (source: string, judges: readonly Judge[]): Threads => ({
  maker: import.meta.url,
  data: { source },
  ids: new Set(judges.map(judge => judge.id).filter(id => id !== statementsId)),
  count: Math.min(availableParallelism() - 1, threadsMax),
  listMin: limits.factsApartMin,
})

/** Each holds its judges' rows, a page or two, and the program once more: 100 MB. */
const threadsMax = 3
