import { holdsOn } from '../outside.ts'
import { type Finding, numbersOf, type Question } from './finding.ts'
import { isCited } from './laws.ts'

/**
 * A scale of the policy that runs the other way than one in law: its 1 is the gravest and theirs the
 * slightest. A report that says "level 1" then says the opposite of what is meant, so both are shown.
 */
export function reversedScales({ pack, outside, day }: Question): readonly Finding[] {
  const theirs = [...outside.sources.values()]
    .flatMap(source => source.scales)
    .filter(scale => holdsOn(scale, day))
    .filter(({ law: id }) => {
      const law = id === null ? undefined : outside.laws.get(id)
      return id === null || (law !== undefined && isCited(law, pack))
    })
  return [...pack.scales].flatMap(([id, ours]) =>
    theirs
      .filter(scale => scale.topic === ours.topic && rises(scale) !== rises(ours))
      .map(
        (scale): Finding => ({
          rule: 'scale-reversed',
          severity: 'gap',
          statements: numbersOf(pack.statements.filter(one => one.level?.scale === id)),
          args: {
            ours: ours.text,
            gravest: ours.gravest,
            theirs: scale.text,
            theirGravest: scale.gravest,
          },
          reading: 'both-scales',
        }),
      ),
  )
}

const rises = ({ gravest, mildest }: { gravest: number; mildest: number }) => gravest > mildest
