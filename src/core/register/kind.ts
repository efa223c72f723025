import type { FactType } from '../fact.ts'
import type { HandPorts } from '../module.ts'
import type { Begun } from './import-facts.ts'
import type { Register } from './register.ts'

/** What all ways into a register have in common, for one register. */
export type RegisterKind<Entry, Standing> = Readonly<{
  /** The word of the command, of the routes and of the permissions: `person`. */
  name: string
  begun: FactType<Begun>
  ended: FactType
  /** The table of its imports. */
  imports: string
  open(source: string, ports: HandPorts, by: string): Register<Entry, Standing>
}>
