import { firstHourMs } from '../../core/sample/company.ts'
import { defineSample, hashOf, inParts, nothingElse, type Story } from '../../core/sample/story.ts'
import {
  assessmentApproved,
  contractListed,
  contractRead,
  contractsCompared,
  contractsDeclared,
  eventNoticed,
  eventTold,
  reportReceived,
  responsibilitiesSigned,
  supplierListed,
  suppliersCompared,
  suppliersDeclared,
} from './facts.ts'

const topics = ['access', 'encryption', 'event-notice', 'audit', 'deletion']
const duties = ['access', 'data', 'network', 'patching', 'logging', 'backup', 'incident']

/** Thirty suppliers: assessed before their contracts, which are read; one reports too little of itself. */
export default defineSample(story => {
  const { year, company, tell } = story
  for (const { supplier, name, relation, inTier } of company.suppliers)
    tell(
      supplierListed,
      year.beginMs + firstHourMs,
      { supplier, relations: [relation], inTier },
      { private: { name: { value: name, person: null } } },
    )
  tellContracts(story)
  for (const { supplier } of company.suppliers) {
    for (const { day } of year.years) {
      for (const kind of ['audit', 'penetration-test'] as const)
        tell(reportReceived, year.at(day(50), '14:00'), {
          ...{ supplier, kind, performer: 'third-party', period: null },
          hash: hashOf(`${kind} ${supplier}`),
        })
    }
  }
  for (const asset of company.assetsOf('cloud-service'))
    tell(
      responsibilitiesSigned,
      year.at(year.before(160), '11:00'),
      {
        ...{ asset, hash: hashOf(`responsibilities ${asset}`) },
        duties: duties.map((topic, nth) => ({
          ...{ topic, bearer: nth % 2 === 0 ? ('organisation' as const) : ('provider' as const) },
        })),
      },
      {
        who: {
          provider: company.people[50]?.number as string,
          organisation: company.holder('ciso').number,
        },
      },
    )
  for (const day of year.every(1)) story.alive('supplier-events', year.at(day, '07:00'))
  const event = { event: 'e-1', supplier: 's-09' }
  const noticedMs = year.at(year.before(140), '09:00')
  tell(eventNoticed, noticedMs, { ...event, learntFrom: 'public', drill: false })
  tell(eventTold, noticedMs + 7 * 3_600_000, { ...event, channel: 'mail' })
})

function tellContracts({ year, company, tell }: Story): void {
  const signedMs = year.at(year.days[3] as number, '10:00')
  const all = company.suppliers.map(({ supplier, relation }) => ({
    ...{ contract: `c-${supplier}`, supplier, relation, hash: hashOf(`contract ${supplier}`) },
  }))
  for (const { contract, supplier, relation, hash } of all) {
    tell(assessmentApproved, signedMs - 86_400_000, {
      ...{ assessment: `a-${supplier}`, supplier, contracts: [contract], major: 0, minor: 2 },
      hash: hashOf(`assessment ${supplier}`),
    })
    const signed = year.instant(signedMs)
    tell(contractListed, signedMs + 60_000, { contract, supplier, relation, signed, hash })
    const clauses = topics.map(topic => ({ topic, figures: 1 }))
    tell(contractRead, year.at(year.before(110), '14:00'), { contract, hash, clauses })
  }
  for (const day of year.every(25)) {
    const atMs = year.at(day, '16:30')
    const [suppliers, contracts] = [company.suppliers.length, all.length]
    tell(suppliersDeclared, atMs, { suppliers, hash: hashOf('suppliers') })
    tell(contractsDeclared, atMs, { contracts, hash: hashOf('contracts') })
    for (const relation of ['vendor', 'partner'] as const) {
      const of = all.filter(one => one.relation === relation)
      for (const part of inParts(of.map(one => one.supplier)))
        tell(suppliersCompared, atMs + 60_000, { relation, ...part, ...nothingElse('suppliers') })
      if (atMs < signedMs + 60_000) continue
      for (const part of inParts(of.map(one => one.contract)))
        tell(contractsCompared, atMs + 60_000, { relation, ...part, ...nothingElse('contracts') })
    }
  }
}
