import { state } from '../../../core/control/state.ts'
import { type KeyClass, keyListed, keyRead, keys } from '../facts.ts'
import { after } from './span.ts'

/** The parameter that says how long a key of each class is used. */
const ages: Readonly<Record<KeyClass, string>> = {
  master: 'masterKeyAgeMax',
  wrapping: 'wrappingKeyAgeMax',
  data: 'dataKeyAgeMax',
  signing: 'signingKeyAgeMax',
  transport: 'transportKeyAgeMax',
}

/** A key in these states encrypts and signs nothing new, so its age says nothing. */
const isAtRest = (state: string): boolean => state === 'deactivated' || state === 'destroyed'

/**
 * The present version of every key in use is younger than its class allows. One that is known to
 * others is not asked how old it is: it must be rotated at once.
 */
export const rotatedInTime = state({
  id: 'protect.key.rotated-in-time',
  version: 1,
  owner: 'infrastructure',
  params: {
    // No policy says so; within the periods that NIST SP 800-57 part 1 suggests.
    masterKeyAgeMax: 'P1Y',
    wrappingKeyAgeMax: 'P1Y',
    dataKeyAgeMax: 'P1Y',
    signingKeyAgeMax: 'P2Y',
    transportKeyAgeMax: 'P1Y',
    fresh: 'P2D',
    listFresh: 'P90D',
    comparedFresh: 'P7D',
  },
  population: keys(),
  slots: {
    // The entry says of which class it is; how old an entry may be, the list says.
    entry: { type: keyListed, key: f => f.body.key },
    read: { type: keyRead, key: f => f.body.key, fresh: params => String(params['fresh']) },
  },
  holds: ({ entry, read }, now, params) => {
    const { state, versionMade } = read.body
    if (state === 'compromised')
      return { status: 'broken', reason: { code: 'key.compromised', args: {} } }
    if (isAtRest(state) || now < after(versionMade, ages[entry.body.class], params)) return true
    return { status: 'broken', reason: { code: 'key.old', args: { class: entry.body.class } } }
  },
  until: ({ entry, read }, params) =>
    isAtRest(read.body.state) ? null : after(read.body.versionMade, ages[entry.body.class], params),
})
