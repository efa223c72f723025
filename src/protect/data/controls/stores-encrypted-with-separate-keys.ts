import { state } from '../../../core/control/state.ts'
import { assets } from '../../../identify/asset/facts.ts'
import { broken, unknown } from '../answer.ts'
import { type StoreInspected, storeInspected } from '../facts.ts'

type Layer = StoreInspected['layers'][number]

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
    const { store, place, isWhole } = seen.body
    const cipher = String(params['storeCipher'])
    const least = Number(params['storeLayersAtLeast'])
    const isHidden = (one: Layer) => one.algorithm === null || one.keyBits === null
    const wanted = (one: Layer) => `${one.algorithm}-${one.keyBits}` === cipher
    const layers = seen.body.layers.filter(wanted)
    const hidden = seen.body.layers.filter(isHidden)
    const args = { layers: layers.length, least, cipher }
    if (isWhole && layers.length + hidden.length < least) return broken('layers.few', args)
    const beside = [...layers, ...hidden].find(
      ({ keyPlace }) => keyPlace === place || keyPlace === store,
    )
    if (beside !== undefined) return broken('key.beside', { layer: beside.layer })
    if (layers.length < least) {
      const [first] = hidden
      if (first !== undefined) return unknown('cipher.unseen', { layer: first.layer })
      return unknown('layers.unseen', args)
    }
    const unseen = layers.find(({ keyPlace }) => keyPlace === null)
    return unseen === undefined || unknown('key.unseen', { layer: unseen.layer })
  },
})
