import { defineSample, hashOf } from '../../core/sample/story.ts'
import {
  boardDelivered,
  boardMinuted,
  dashboardDelivered,
  dashboardRead,
  metricsReviewed,
  metricsTaken,
} from './facts.ts'

/** Metrics are taken and reviewed each month and shown to the management; the board hears each quarter. */
export default defineSample(({ year, company, tell }) => {
  const ceo = company.holder('ceo').number
  for (const { name, day } of year.months) {
    const hash = hashOf(`metrics ${name}`)
    const at = (time: string) => year.at(day(6), time)
    tell(metricsTaken, at('06:00'), { metrics: 40, unmeasured: 3, hash, period: null })
    tell(metricsReviewed, at('10:00'), { hash, decisions: 2, because: null, period: null })
    const report = `dashboard-${name}`
    tell(dashboardDelivered, at('11:00'), { report, metrics: 40, hash, period: null })
    tell(dashboardRead, at('15:00'), { report, hash, period: null }, { who: { reader: ceo } })
  }
  for (const { name, day } of year.quarters) {
    const body = { report: `risk-${name}`, hash: hashOf(`board ${name}`), period: null }
    tell(boardDelivered, year.at(day(30), '09:00'), { ...body, risks: 12 })
    const meeting = year.date(day(31))
    tell(boardMinuted, year.at(day(31), '16:00'), { ...body, meeting, item: '4.2' })
  }
})
