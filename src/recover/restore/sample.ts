import { defineSample, hashOf, inParts, nothingElse } from '../../core/sample/story.ts'
import {
  restoreCompared,
  runbookExercised,
  runbookListed,
  runbooksCompared,
  runbooksDeclared,
  runbookWritten,
} from './facts.ts'

const hourMs = 3_600_000
const order = ['database-001', 'host-001', 'service-001']

/** Every month a backup is restored and compared; every half year somebody goes by the runbooks. */
export default defineSample(({ year, company, tell }) => {
  const runbooks = company
    .assetsOf('service')
    .map(service => ({ runbook: `rb-${service}`, service }))
  const firstMs = year.at(year.days[0] as number, '10:00')
  for (const { runbook, service } of runbooks) {
    tell(runbookListed, firstMs, { runbook, about: service })
    tell(runbookWritten, firstMs, { runbook, version: '3', order, hash: hashOf(runbook) })
  }
  for (const day of year.every(60))
    tell(runbooksDeclared, year.at(day, '09:30'), {
      ...{ runbooks: runbooks.length, hash: hashOf('runbooks') },
    })
  for (const day of year.every(6))
    for (const part of inParts(runbooks.map(one => one.runbook)))
      tell(runbooksCompared, year.at(day, '09:40'), { ...part, ...nothingElse('runbooks') })
  for (const { day } of year.halves)
    for (const { runbook } of runbooks) {
      const beganMs = year.at(day(65), '09:00')
      const steps = order.map((system, nth) => ({
        ...{ system, began: year.instant(beganMs + (nth * hourMs) / 2) },
        answered: year.instant(beganMs + ((nth + 1) * hourMs) / 2),
      }))
      const body = { runbook, version: '3', drill: true, order, steps }
      tell(runbookExercised, beganMs + 2 * hourMs, body, { trust: 'instrument' })
    }
  for (const { name, day } of year.months) {
    const atMs = year.at(day(8), '15:00')
    const hash = hashOf(`restored ${name}`)
    const body = { set: 'database-001', repository: 'vault', items: 120_000, differing: 0 }
    const rest = {
      point: year.instant(atMs - 9 * hourMs),
      expected: hash,
      found: hash,
      period: null,
    }
    tell(restoreCompared, atMs, { ...body, ...rest }, { trust: 'instrument' })
  }
})
