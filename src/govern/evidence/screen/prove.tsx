import { useState } from 'react'
import { codeOf } from '../../../core/error.ts'
import type { ProvenFact } from '../../../core/ledger/proven.ts'
import { provenFact, requireShown } from '../../../core/ledger/proven.ts'
import { Button } from '../../../core/ui/button.tsx'
import { Verdict } from '../../../core/ui/verdict.tsx'
import { useWords } from '../../../core/ui/words.tsx'
import type { Row } from '../read.ts'

type Given = Readonly<{ leaf: string; proof: string; vkey: string }>
type Found = Readonly<{ proven: ProvenFact }> | Readonly<{ why: string }>

/** Checks in this browser that what is shown stands on the signed list, and gives the proof away. */
export function Prove({ fact, given }: { fact: Row; given: Given }) {
  const { t } = useWords()
  const [found, setFound] = useState<Found | null>(null)
  const [isRunning, setRunning] = useState(false)
  const run = async () => {
    setRunning(true)
    setFound(await check(fact, given))
    setRunning(false)
  }
  return (
    <div className="grid gap-3 text-m">
      <p className="text-ink-2">{t('evidence.prove.text')}</p>
      <Button className="justify-self-start" busy={isRunning} onClick={() => void run()}>
        {t('evidence.prove')}
      </Button>
      <div aria-live="polite" data-proof={found === null ? '' : 'why' in found ? 'broken' : 'kept'}>
        {found === null ? null : 'why' in found ? (
          <div className="grid gap-1">
            <Verdict status="broken" />
            <p>{t('evidence.prove.refused', { why: found.why })}</p>
          </div>
        ) : (
          <Proven proven={found.proven} pos={fact.pos} />
        )}
      </div>
      <p className="flex flex-wrap gap-x-4 gap-y-1">
        <a href={fileUrl('text/plain', given.proof)} download={`okite-${fact.pos}.tlog-proof`}>
          {t('evidence.prove.download')}
        </a>
        <a href={fileUrl('application/json', given.leaf)} download={`okite-${fact.pos}.json`}>
          {t('evidence.prove.leaf')}
        </a>
      </p>
    </div>
  )
}

function Proven({ proven, pos }: { proven: ProvenFact; pos: number }) {
  const { t, locale } = useWords()
  const size = new Intl.NumberFormat(locale).format(proven.size)
  return (
    <div className="grid gap-1">
      <p className="font-semibold text-kept">{t('evidence.proven', { pos })}</p>
      <dl className="grid gap-1 text-s">
        <dt className="text-ink-2">{t('evidence.proven.size')}</dt>
        <dd className="numbers">{size}</dd>
        <dt className="text-ink-2">{t('evidence.proven.root')}</dt>
        <dd>
          <code className="break-all">{proven.root}</code>
        </dd>
        <dt className="text-ink-2">{t('evidence.proven.signer')}</dt>
        <dd>
          <code className="break-all">{proven.signer}</code>
        </dd>
      </dl>
    </div>
  )
}

async function check(fact: Row, given: Given): Promise<Found> {
  try {
    const proven = await provenFact({ ...given, pos: fact.pos })
    requireShown(fact.pos, saidOf(proven.leaf), saidOf(fact))
    return { proven }
  } catch (thrown) {
    return { why: codeOf(thrown) }
  }
}

const saidOf = (
  one: Omit<Row, 'pos' | 'slots' | 'said' | 'body'> & Readonly<{ body: unknown }>,
): unknown => {
  const { type, module, source, trust, occurred, observed, recorded, body } = one
  return { type, module, source, trust, occurred, observed, recorded, body }
}

/** Some kilobytes at most: a leaf, or the path of a proof. */
const fileUrl = (type: string, text: string) => `data:${type},${encodeURIComponent(text)}`
