import { type ClockOptions, clockKind } from './clock-kind.ts'
import type { Control } from './kind.ts'
import { compile } from './machine.ts'

/** After X, was Y done within T? Every leg has its own start, limit and calendar (V18). */
export const clock = (o: ClockOptions): Control => compile(o, clockKind(o))

export type { ClockOptions }
