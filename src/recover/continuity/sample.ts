import { defineSample, hashOf, inParts, nothingElse } from '../../core/sample/story.ts'
import { runbookExercised, runbookWritten } from '../restore/facts.ts'
import {
  drillBegan,
  drillEnded,
  drillRestored,
  exerciseHeld,
  lessonDrawn,
  pairListed,
  pairLocated,
  pairsCompared,
  pairsDeclared,
  serviceListed,
  stepAssigned,
  stepBegun,
  stepDone,
  stepWritten,
} from './facts.ts'
import { hashOfSteps, systemsOf } from './runbook/steps.ts'
import { lessonWords, stepsOf, writtenVersion } from './sample-words.ts'

const minuteMs = 60_000
const taken = [
  'site-lost',
  'data-lost',
  'ransomware',
  'identity-provider-lost',
  'key-lost',
] as const
const pair = 'tpe-kao'

/** Two sites far apart, runbooks in words, a drill by them each quarter, an exercise with a partner each year. */
export default defineSample(story => {
  const { year, company, tell } = story
  const place = {
    primary: { latitude: 25_047_800, longitude: 121_531_900 },
    alternate: { latitude: 22_627_300, longitude: 120_301_400 },
  }
  const firstMs = year.at(year.days[0] as number, '09:00')
  tell(pairListed, firstMs, { pair, primary: 'tpe', alternate: 'kao' })
  tell(pairLocated, year.at(year.before(250), '10:00'), { pair, ...place })
  const services = company.assetsOf('service')
  for (const [nth, service] of services.entries())
    tell(serviceListed, firstMs, {
      ...{ service, owner: 'continuity', rtoMinutes: nth === 0 ? 120 : 240, rpoMinutes: 60 },
      ...{ dependsOn: nth === 0 ? [] : [services[0] as string], site: 'tpe' },
    })
  for (const day of year.every(60))
    tell(pairsDeclared, year.at(day, '09:30'), { pairs: 1, hash: hashOf('pairs') })
  for (const day of year.every(6))
    for (const part of inParts([pair]))
      tell(pairsCompared, year.at(day, '09:40'), { ...part, ...nothingElse('pairs') })
  for (const service of services) writeDown(story, service, firstMs + 90 * minuteMs)
  for (const [nth, { name, day }] of year.quarters.entries()) {
    const scenario = taken[nth % taken.length] ?? 'site-lost'
    const drill = `drill-${name.toLowerCase()}`
    holdDrill(story, { drill, scenario, services: services.slice(0, 2) }, year.at(day(50), '10:00'))
  }
  // Two of what drills taught are improvements that the committee looks after.
  for (const nth of [2, 9]) {
    const month = year.months[nth]
    const drawnMs = month === undefined ? 0 : year.at(month.day(15), '15:30')
    const quarter = year.quarters.findLast(({ day }) => year.at(day(50), '14:00') < drawnMs)
    if (month === undefined || quarter === undefined) continue
    const owner = nth === 2 ? 'infrastructure' : 'continuity'
    const person = company.holder(owner).number
    const body = {
      ...{ drill: `drill-${quarter.name.toLowerCase()}`, item: `i-${month.name}`, owner, person },
      due: year.date(month.day(80)),
    }
    const text = { value: lessonWords[nth === 2 ? 0 : 1] ?? '', person: null }
    tell(lessonDrawn, drawnMs, body, { private: { text } })
  }
  for (const { name, day } of year.years)
    tell(exerciseHeld, year.at(day(110), '16:00'), {
      ...{
        exercise: `joint-${name}`,
        scenario: '委託先がランサムウェアに感染した想定',
        partners: ['s-02'],
      },
      people: (['continuity', 'incident-response'] as const).map(
        office => company.holder(office).number,
      ),
      ...{ findings: 3, period: null },
    })
})

type Story = Parameters<Parameters<typeof defineSample>[0]>[0]

/** The first words of a runbook, and what binds them. */
function writeDown({ company, tell }: Story, service: string, atMs: number): void {
  const runbook = `rb-${service}`
  const steps = stepsOf(service)
  const who = { by: company.holder('continuity').number }
  for (const [nth, { todo, sign, ...step }] of steps.entries()) {
    const words = { todo: { value: todo, person: null }, sign: { value: sign, person: null } }
    const body = { runbook, version: writtenVersion, step: nth + 1, ...step }
    tell(stepWritten, atMs, body, { who, private: words })
  }
  const order = [...systemsOf(steps)]
  const bound = { runbook, version: writtenVersion, order, hash: hashOfSteps(steps) }
  tell(runbookWritten, atMs + minuteMs, bound, { who })
}

type Drill = Readonly<{
  drill: string
  scenario: (typeof taken)[number]
  services: readonly string[]
}>

/** Steps go to whoever holds the office; each takes a little less or more than was thought. */
function holdDrill(story: Story, { drill, scenario, services }: Drill, beganMs: number): void {
  const { year, company, tell, random } = story
  const lead = { who: { by: company.holder('continuity').number }, isPrompt: true }
  tell(drillBegan, beganMs, { drill, scenario, services: [...services] }, lead)
  const plan = services.flatMap(service =>
    stepsOf(service).map((step, nth) => ({ ...step, of: nth + 1, runbook: `rb-${service}` })),
  )
  for (const [nth, { todo: _, sign: __, ...step }] of plan.entries()) {
    const person = company.holder(step.role).number
    const body = { drill, step: nth + 1, version: writtenVersion, ...step, person }
    tell(stepAssigned, beganMs, body, lead)
  }
  let atMs = beganMs
  const times = plan.map(({ role, minutes }, nth) => {
    const by = { who: { by: company.holder(role).number }, isPrompt: true }
    const begunMs = atMs + minuteMs
    atMs = begunMs + Math.max(2, Math.round(minutes * (0.7 + random.below(50) / 100))) * minuteMs
    tell(stepBegun, begunMs, { drill, step: nth + 1 }, by)
    tell(stepDone, atMs, { drill, step: nth + 1 }, by)
    return { began: year.instant(begunMs), answered: year.instant(atMs) }
  })
  const [began, restored] = [year.instant(beganMs), year.instant(atMs)]
  tell(drillRestored, atMs, { drill, scenario, began, restored, period: null }, lead)
  for (const service of services) {
    const own = plan.flatMap((step, nth) =>
      step.runbook === `rb-${service}` && step.system !== null
        ? [{ system: step.system, began, answered: null, ...times[nth] }]
        : [],
    )
    const order = own.map(({ system }) => system)
    const version = writtenVersion
    const body = { runbook: `rb-${service}`, version, drill: true, order, steps: own }
    tell(runbookExercised, atMs, body, lead)
  }
  const spreadSeconds = Math.round((atMs - Date.parse(times[0]?.answered ?? began)) / 1_000)
  tell(drillEnded, atMs, { drill, steps: plan.length, done: plan.length, spreadSeconds }, lead)
}
