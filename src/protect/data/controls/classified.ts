import { state } from '../../../core/control/state.ts'
import { broken } from '../answer.ts'
import { type DataClass, dataSets, setListed } from '../facts.ts'

/** The parameter that says how strongly a class is to be protected at least. */
const levelOf: Readonly<Record<DataClass, string>> = {
  public: 'levelOfPublic',
  internal: 'levelOfInternal',
  confidential: 'levelOfConfidential',
  'top-secret': 'levelOfTopSecret',
}

/** Every data set has a class, and with it a level of protection that is not below that of the class. */
export const classified = state({
  id: 'protect.data.classified',
  version: 1,
  owner: 'data-protection',
  params: {
    listFresh: 'P90D',
    discoveryFresh: 'P7D',
    dataEntryFresh: 'P1Y',
    levelOfPublic: 0,
    levelOfInternal: 1,
    levelOfConfidential: 2,
    levelOfTopSecret: 3,
  },
  population: dataSets(),
  slots: {
    entry: {
      type: setListed,
      byHand: [setListed],
      key: f => f.body.set,
      fresh: p => String(p['dataEntryFresh']),
    },
  },
  holds: ({ entry }, _now, params) => {
    const { level } = entry.body
    if (entry.body.class === null) return broken('class.none')
    if (level === null) return broken('level.none')
    const least = Number(params[levelOf[entry.body.class]])
    return level >= least || broken('level.low', { class: entry.body.class, level, least })
  },
})
