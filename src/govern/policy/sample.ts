import { defineSample, hashOf, inParts, nothingElse, type Story } from '../../core/sample/story.ts'
import { allSubcategories } from './csf.ts'
import {
  budgetApproved,
  committeeMet,
  dayClosed,
  dayLogged,
  defenceChanged,
  departmentsCompared,
  itemDone,
  itemOpened,
  itemsCompared,
  itemsDeclared,
  type Jurisdiction,
  obligationListed,
  obligationsCompared,
  obligationsDeclared,
  officerAppointed,
  officerVacated,
  policySigned,
  profileSet,
  strategyApproved,
  versionChecked,
} from './facts.ts'

/**
 * The committee meets, but for one month in which it met late; strategy, signature, profile and laws
 * are in order; an officer of a department leaves his office, and nobody follows him.
 */
export default defineSample(story => {
  const { year, company, tell } = story
  tell(policySigned, year.at(year.days[1] as number, '10:00'), {
    ...{ hash: company.policyHash, person: company.holder('ceo').number },
    key: hashOf('key of the chief executive'),
  })
  const [chair, ceo] = [company.holder('ciso').number, company.holder('ceo').number]
  for (const [nth, month] of year.months.entries()) {
    const isLate = nth === 5
    const day = isLate ? month.day(38) : month.day(12)
    tell(
      committeeMet,
      year.at(day, '14:00'),
      {
        ...{ meeting: `m-${month.name}`, members: 8, present: 6, reviewed: 4, decisions: 2 },
        ...{ period: isLate ? month.name : null, hash: hashOf(`minutes ${month.name}`) },
      },
      { who: { chair } },
    )
  }
  for (const { name, day } of year.years) {
    const body = { year: name, amount: 48_000_000, currency: 'JPY', period: null }
    const who = { approver: ceo }
    tell(
      strategyApproved,
      year.at(day(20), '10:00'),
      { ...body, hash: hashOf(`plan ${name}`) },
      { who },
    )
    tell(
      budgetApproved,
      year.at(day(20), '11:00'),
      { ...body, hash: hashOf(`budget ${name}`) },
      { who },
    )
    const made = year.date(day(40))
    tell(defenceChanged, year.at(day(40), '15:00'), {
      ...{ change: `c-${name}-1`, made, period: null },
      threat: { id: `advisory-${name}-1`, learned: year.date(day(30)) },
    })
  }
  tell(profileSet, year.at(year.before(200), '13:00'), {
    levels: allSubcategories.map(subcategory => ({ subcategory, current: 2, target: 3 })),
    hash: hashOf('profile'),
  })
  tellOfficers(story)
  tellImprovements(story)
  tellLaws(story)
})

function tellOfficers({ year, company, random, tell }: Story): void {
  const from = year.date(year.beginMs)
  const firstMs = year.at(year.days[0] as number, '04:00')
  const staff = company.staff(firstMs)
  const officers = company.departments.map((department, nth) => {
    const person = staff[30 + nth * 2]?.number as string
    const standIn = staff[31 + nth * 2]?.number as string
    const term = { department, from, until: null }
    tell(officerAppointed, firstMs, { ...term, as: 'officer' as const, person })
    tell(officerAppointed, firstMs, { ...term, as: 'stand-in' as const, person: standIn })
    return { department, person }
  })
  const [vacant] = officers
  for (const as of ['officer', 'stand-in'] as const)
    tell(officerVacated, year.at(year.before(24), '18:00'), {
      ...{ department: vacant?.department as string, as },
    })
  const work = new Set(year.workdays)
  for (const day of year.days) {
    if (!work.has(day)) {
      const departments = [...company.departments]
      tell(dayClosed, year.at(day, '00:10'), { departments, day: year.date(day), calendar: 'tw' })
      continue
    }
    for (const { department, person } of officers) {
      const findings = random.chance(4) ? 1 : 0
      const body = { department, day: year.date(day), person, checks: 5, findings }
      tell(dayLogged, year.at(day, '17:30'), body, { who: { by: person } })
    }
  }
  for (const day of year.every(60))
    tell(departmentsCompared, year.at(day, '11:30'), {
      ...{ seen: [...company.departments], ...nothingElse('departments') },
    })
}

function tellImprovements({ year, tell }: Story): void {
  const origins = ['audit', 'incident', 'exercise', 'review', 'threat', 'suggestion'] as const
  const items = year.months.slice(0, -1).map((month, nth) => ({
    ...{ item: `i-${month.name}`, origin: origins[nth % origins.length] ?? ('other' as const) },
    ...{ opened: year.at(month.day(15), '15:00'), done: year.at(month.day(55), '15:00') },
    due: year.date(month.day(80)),
  }))
  for (const { item, origin, opened, due, done } of items) {
    tell(itemOpened, opened, { item, origin, due })
    tell(itemDone, done, { item, evidence: hashOf(`improvement ${item}`) })
  }
  for (const day of year.every(30)) {
    const atMs = year.at(day, '16:00')
    const seen = items.filter(one => one.opened < atMs).map(one => one.item)
    tell(itemsDeclared, atMs, { items: seen.length, hash: hashOf(`items ${seen.length}`) })
    for (const part of inParts(seen))
      tell(itemsCompared, atMs + 60_000, { ...part, ...nothingElse('improvements') })
  }
}

/** Provisions that the company has to do with, by the laws that the controls name. */
const provisions: Readonly<Record<Jurisdiction, readonly (readonly [string, string, string])[]>> = {
  taiwan: [
    ['tw-pdpa', '12', 'https://law.moj.gov.tw/'],
    ['tw-pdpa', '27', 'https://law.moj.gov.tw/'],
    ['tw-csma', '24', 'https://law.moj.gov.tw/'],
  ],
  japan: [
    ['appi', '23', 'https://laws.e-gov.go.jp/'],
    ['appi', '26', 'https://laws.e-gov.go.jp/'],
    ['jp-cybersecurity-basic', '7', 'https://laws.e-gov.go.jp/'],
  ],
  'european-union': [
    ['gdpr', '32', 'https://eur-lex.europa.eu/'],
    ['gdpr', '33', 'https://eur-lex.europa.eu/'],
  ],
  california: [
    ['ccpa', '1798.100', 'https://leginfo.legislature.ca.gov/'],
    ['ca-breach', '1798.82', 'https://leginfo.legislature.ca.gov/'],
  ],
}

/** The register of laws is looked through every four months; that of California was forgotten of late. */
function tellLaws({ year, tell }: Story): void {
  for (const [jurisdiction, of] of Object.entries(provisions) as [
    Jurisdiction,
    (typeof provisions)[Jurisdiction],
  ][]) {
    const rows = of.map(([law, provision, source]) => ({
      ...{ obligation: `${law}-${provision}`, law, provision, source, version: '2025-11' },
    }))
    for (const { obligation, law, provision, version } of rows)
      tell(obligationListed, year.at(year.days[0] as number, '05:00'), {
        ...{ obligation, jurisdiction, law, provision, owner: 'legal', version },
      })
    const looked = jurisdiction === 'california' ? year.every(400).slice(0, 1) : year.every(120)
    for (const day of looked) {
      const atMs = year.at(day, '13:00')
      const laws = [...new Set(rows.map(one => one.law))]
      const hash = hashOf(`laws of ${jurisdiction}`)
      tell(obligationsDeclared, atMs, { jurisdiction, laws, obligations: rows.length, hash })
      for (const part of inParts(rows.map(one => one.obligation)))
        tell(obligationsCompared, atMs + 60_000, { jurisdiction, ...part, ...nothingElse('laws') })
      for (const { obligation, version, source } of rows)
        tell(versionChecked, atMs + 120_000, { obligation, version, source })
    }
  }
}
