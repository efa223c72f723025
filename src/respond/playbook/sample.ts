import { defineSample, hashOf, inParts, nothingElse } from '../../core/sample/story.ts'
import {
  playbookListed,
  playbookReleased,
  playbookRun,
  playbooksCompared,
  playbooksDeclared,
  procedureApproved,
  procedureExercised,
  stages,
} from './facts.ts'

const playbooks = ['isolate-host', 'lock-account', 'block-address']

/** Procedures for every stage, gone through each half year; playbooks that run in tests. */
export default defineSample(({ year, company, tell }) => {
  const who = { by: company.people[22]?.number as string, approver: company.holder('ciso').number }
  const firstMs = year.at(year.days[12] as number, '10:00')
  for (const stage of stages)
    tell(
      procedureApproved,
      firstMs,
      { stage, version: '2', document: hashOf(`procedure ${stage}`) },
      { who },
    )
  for (const { day } of year.halves)
    tell(procedureExercised, year.at(day(75), '16:00'), {
      ...{ stages: [...stages], drill: true, people: 8 },
    })
  for (const playbook of playbooks) {
    tell(playbookListed, firstMs, { playbook })
    const released = { playbook, version: '5', document: hashOf(playbook) }
    tell(playbookReleased, firstMs, released, { who })
  }
  for (const day of year.every(90))
    tell(playbooksDeclared, year.at(day, '15:00'), {
      ...{ playbooks: playbooks.length, hash: hashOf('playbooks') },
    })
  for (const day of year.last(30))
    for (const part of inParts(playbooks))
      tell(playbooksCompared, year.at(day, '04:30'), { ...part, ...nothingElse('playbooks') })
  for (const day of year.every(40))
    for (const playbook of playbooks) {
      const atMs = year.at(day, '05:30')
      if (atMs < firstMs) continue
      tell(playbookRun, atMs, {
        ...{ playbook, version: '5', drill: true, begunBy: 'event' },
        ...{ steps: 4, stepsDone: 4, durationMs: 95_000 },
      })
    }
})
