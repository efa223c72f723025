import { state } from '../../../core/control/state.ts'
import { assets } from '../../../identify/asset/facts.ts'
import { broken, unknown } from '../answer.ts'
import { storeInspected } from '../facts.ts'

/** Every data store is encrypted in layers with the wanted cipher, and no key lies where the data lie. */
export const storesEncrypted = state({
  id: 'protect.data.stores-encrypted-with-separate-keys',
  version: 1,
  owner: 'infrastructure',
  params: {
    registerFresh: 'P90D',
    discoveryFresh: 'P7D',
    fresh: 'P7D',
    storeCipher: 'AES-256',
    storeLayersAtLeast: 2,
  },
  population: assets('store'),
  slots: {
    seen: { type: storeInspected, key: f => f.body.store, fresh: p => String(p['fresh']) },
  },
  holds: ({ seen }, _now, params) => {
    const { store, place } = seen.body
    const cipher = String(params['storeCipher'])
    const layers = seen.body.layers.filter(one => `${one.algorithm}-${one.keyBits}` === cipher)
    const least = Number(params['storeLayersAtLeast'])
    if (layers.length < least) return broken('layers.few', { layers: layers.length, least, cipher })
    const beside = layers.find(({ keyPlace }) => keyPlace === place || keyPlace === store)
    if (beside !== undefined) return broken('key.beside', { layer: beside.layer })
    const hidden = layers.find(({ keyPlace }) => keyPlace === null)
    return hidden === undefined || unknown('key.unseen', { layer: hidden.layer })
  },
})
