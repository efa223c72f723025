import { type Advice, holdsOn } from '../outside.ts'
import { topics } from '../pack.ts'
import { type Finding, numbersOf, type Question } from './finding.ts'
import { intervalOf, isLonger, nominalMs, shortest } from './nominal.ts'

/**
 * A figure that a recognised standard advises against, or that lies beyond what it advises. The
 * policy binds until its owner changes it; knowing that others think it does harm is advice.
 */
export function advisedOtherwise({ pack, outside, day }: Question): readonly Finding[] {
  return [...outside.sources.values()].flatMap(source =>
    source.advice
      .filter(advice => holdsOn(advice, day))
      .flatMap(advice =>
        pack.statements.flatMap(statement =>
          statement.figures
            .filter(
              ({ measures, value }) => measures === advice.measures && isBeyond(advice, value),
            )
            .map(
              ({ value }): Finding => ({
                rule: 'advised-otherwise',
                severity: 'advice',
                statements: [statement.number],
                args: {
                  what: advice.measures,
                  value,
                  // A share of all says nothing to a reader.
                  hasValue: advice.measures === 'password-composition' ? 'no' : 'yes',
                  standard: source.title,
                  provision: advice.provision,
                  words: advice.words,
                },
                reading: 'policy-binds',
              }),
            ),
        ),
      ),
  )
}

function isBeyond(advice: Advice, value: string | number): boolean {
  if (advice.advises === 'against') return true
  const [ours, theirs] = [measured(value), measured(advice.value ?? 0)]
  return advice.advises === 'atLeast' ? ours < theirs : ours > theirs
}

const measured = (value: string | number): number =>
  typeof value === 'number' ? value : nominalMs(value)

/** Done less often than a recognised standard asks for. Of several statements the most frequent counts. */
export function lessOften({ pack, outside, day }: Question): readonly Finding[] {
  const cadences = [...outside.sources.values()].flatMap(source =>
    source.cadences.filter(one => holdsOn(one, day)).map(cadence => ({ source, cadence })),
  )
  return topics.flatMap(topic => {
    const done = pack.statements.flatMap(statement => {
      const interval = statement.topics.includes(topic) ? intervalOf(statement) : null
      return interval === null ? [] : [{ statement, interval }]
    })
    const interval = shortest(done)?.interval
    if (interval === undefined) return []
    return cadences
      .filter(({ cadence }) => cadence.topic === topic && isLonger(interval, cadence.every))
      .map(
        ({ source, cadence }): Finding => ({
          rule: 'less-often-than-advised',
          severity: 'advice',
          statements: numbersOf(done.map(({ statement }) => statement)),
          args: {
            topic,
            interval: interval.said,
            every: cadence.every,
            standard: source.title,
            provision: cadence.provision,
          },
          reading: 'policy-binds',
        }),
      )
  })
}
