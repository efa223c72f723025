import type { Envelope } from '../../core/ledger/leaf.ts'
import type { FactView } from './explain.ts'

type Said = Omit<Envelope, 'body' | 'private' | 'salt' | 'tv' | 'v'>

/** What a person is shown of a fact; also what its leaf must say for a proof to be of what is shown. */
export function factView(fact: Said & Readonly<{ pos: number; body: unknown }>): FactView {
  const { pos, type, module, source, trust, occurred, observed, recorded, because } = fact
  return {
    pos,
    type,
    module,
    source,
    trust,
    occurred,
    observed,
    recorded,
    because: 'root' in because ? [because.first, because.last] : [...because],
    body: fact.body as FactView['body'],
  }
}
