import type { Population } from '../../core/control/kind.ts'
import { assets } from '../../identify/asset/facts.ts'

/** The services of the register but those that somebody put out of scope. */
export const services = (): Population => assets('service', body => body.inScope !== false)
