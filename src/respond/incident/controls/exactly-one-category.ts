import type { Holds } from '../../../core/control/state.ts'
import { state } from '../../../core/control/state.ts'
import type { Params } from '../../../core/judge.ts'
import { categoryRecorded, impactRecorded, incidents } from '../facts.ts'

/**
 * Every incident has the one category that its impact asks for, by written criteria: the gravest where
 * the business stands still, at least the second where important data got out, the third where something
 * is affected, the fourth where nothing is. Until its reach is known it may be held for graver than that.
 */
export const exactlyOneCategory = state({
  id: 'respond.incident.exactly-one-category',
  version: 1,
  owner: 'incident-response',
  params: {
    categoriesPerIncident: 1,
    businessStopCategory: 1,
    importantLeakCategory: 2,
    limitedEffectCategory: 3,
    slightCategory: 4,
    /** The business stands still when this share of the services can be used by nobody. */
    servicesStoppedShare: 1_000_000,
    importantClasses: 'confidential,top-secret',
    repair: 'PT1H',
    fresh: 'P1Y',
    listFresh: 'P31D',
    comparedFresh: 'P1D',
  },
  population: incidents(),
  slots: {
    grade: {
      type: categoryRecorded,
      byHand: [categoryRecorded],
      key: f => f.body.incident,
      fresh: p => String(p['fresh']),
    },
    impact: {
      type: impactRecorded,
      byHand: [impactRecorded],
      key: f => f.body.incident,
      fresh: p => String(p['fresh']),
    },
  },
  holds: ({ grade, impact }, _now, params) => {
    const { categories, criteria } = grade.body
    const wanted = Number(params['categoriesPerIncident'])
    if (categories.length !== wanted) {
      return broken('incident.category.count', { count: categories.length, wanted })
    }
    if (criteria === null) return broken('incident.criteria.missing', {})
    for (const category of categories) {
      const answer = compare(category, impact.body, params)
      if (answer !== true) return answer
    }
    return true
  },
  repair: params => String(params['repair']),
})

type Impact = ReturnType<typeof impactRecorded.schema.parse>

const broken = (code: string, args: Record<string, number>) =>
  ({ status: 'broken', reason: { code, args } }) as const

function compare(category: number, impact: Impact, params: Params): Holds {
  const { least, most } = categoriesFor(impact, params)
  if (category > most) return broken('incident.category.mild', { category, expected: most })
  if (category < least && impact.undetermined === 0) {
    return broken('incident.category.grave', { category, expected: least })
  }
  return true
}

/** The gravest and the mildest category that an impact may have; the smaller number is the graver. */
function categoriesFor(impact: Impact, params: Params): { least: number; most: number } {
  const figure = (name: string) => Number(params[name])
  const { servicesStopped, servicesOffered, disclosed, altered, systems } = impact
  const isStopped =
    servicesOffered > 0 &&
    servicesStopped * 1_000_000 >= figure('servicesStoppedShare') * servicesOffered
  const gravest = figure('businessStopCategory')
  if (isStopped) return { least: gravest, most: gravest }
  const important = String(params['importantClasses']).split(',')
  if (disclosed.some(one => important.includes(one))) {
    return { least: gravest, most: figure('importantLeakCategory') }
  }
  const isAffected = servicesStopped + systems.length + disclosed.length + altered.length > 0
  const category = figure(isAffected ? 'limitedEffectCategory' : 'slightCategory')
  return { least: category, most: category }
}
