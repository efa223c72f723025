import { useState } from 'react'
import { codeOf } from '../../../core/error.ts'
import { Button } from '../../../core/ui/button.tsx'
import { get, send } from '../../../core/ui/client.ts'
import type { Words as AllWords } from '../../../core/ui/words.tsx'
import type { FactView } from '../explain.ts'
import type { Proven } from '../proof.ts'
import { checkProof } from '../proof.ts'
import type { FactAnswer, getFact } from '../routes.ts'

/** What this browser found out about each fact, by position. */
export type Proofs = ReadonlyMap<number, Proof>
export type Proof = Readonly<{ proven: Proven; given: FactAnswer }> | Readonly<{ why: string }>

type Words = Pick<AllWords, 't'>

/** Asks for the proof of every fact shown and checks each in this browser. */
export function ProveAll(
  props: Words &
    Readonly<{
      facts: readonly FactView[]
      proofs: Proofs
      setProofs(proofs: Proofs): void
    }>,
) {
  const { facts, t, proofs, setProofs } = props
  const [running, setRunning] = useState(false)
  const run = async () => {
    setRunning(true)
    const found = await Promise.all(
      facts.map(async fact => [fact.pos, await proveOne(fact)] as const),
    )
    setProofs(new Map(found))
    setRunning(false)
  }
  const checked = facts.flatMap(fact => proofs.get(fact.pos) ?? [])
  const good = checked.flatMap(proof => ('proven' in proof ? [proof] : []))
  const newest = [...good].sort((a, b) => b.proven.size - a.proven.size)[0]
  return (
    <div className="policy-prove">
      <Button
        id="policy-prove"
        look="next"
        className="justify-self-start"
        busy={running}
        onClick={() => void run()}
      >
        {t('policy.prove')} <kbd>p</kbd>
      </Button>
      <div aria-live="polite">
        {checked.length === 0 ? (
          <p className="policy-small">{t('policy.prove.text')}</p>
        ) : (
          <p className={good.length === checked.length ? 'is-kept' : 'is-broken'}>
            {t('policy.proved', { good: good.length, total: checked.length })}
          </p>
        )}
        {newest ? (
          <dl className="policy-fields">
            <div>
              <dt>{t('policy.proof.size')}</dt>
              <dd className="numbers">{newest.proven.size}</dd>
            </div>
            <div>
              <dt>{t('policy.proof.root')}</dt>
              <dd>
                <code>{newest.proven.root}</code>
              </dd>
            </div>
            <div>
              <dt>{t('policy.proof.key')}</dt>
              <dd>
                <code>{newest.given.vkey}</code>
              </dd>
            </div>
          </dl>
        ) : null}
      </div>
    </div>
  )
}

async function proveOne(fact: FactView): Promise<Proof> {
  const pos = String(fact.pos)
  const outcome = await send(get<typeof getFact>('/facts/{pos}', { params: { pos } }))
  if (!outcome.ok) return { why: outcome.problem.code }
  const given = outcome.value
  try {
    const proven = await checkProof({ ...given, shown: fact })
    return { proven, given }
  } catch (thrown) {
    return { why: codeOf(thrown) }
  }
}

export function ProofLine({ proof, words }: { proof: Proof; words: Words }) {
  if ('why' in proof) {
    return (
      <span className="policy-proof is-broken">
        {words.t('policy.proof.refused', { why: proof.why })}
      </span>
    )
  }
  const { pos, size, root, signer } = proof.proven
  const short = `${root.slice(0, 12)}…`
  return (
    <span className="policy-proof is-kept numbers">
      {words.t('policy.proof.checked', { pos, size, root: short, signer })}
    </span>
  )
}

/** The proof and the bytes it is about, as files that any other checker can read. */
export function Download({ proof, t }: Words & { proof: Extract<Proof, { given: FactAnswer }> }) {
  const { leaf, proof: text } = proof.given
  const { pos } = proof.proven
  return (
    <p className="policy-small policy-download">
      <a href={fileUrl('text/plain', text)} download={`okite-${pos}.tlog-proof`}>
        {t('policy.proof.download')}
      </a>{' '}
      <a href={fileUrl('application/json', leaf)} download={`okite-${pos}.json`}>
        {t('policy.proof.leaf')}
      </a>
    </p>
  )
}

/** Some kilobytes at most: a leaf, or the path of a proof. */
const fileUrl = (type: string, text: string) => `data:${type},${encodeURIComponent(text)}`
