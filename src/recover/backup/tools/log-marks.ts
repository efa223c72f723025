import type { Instant } from '../../../core/fact.ts'

/**
 * How far the log of a living server had come at an instant: its segment then. Once that segment is in the
 * archive, everything that had been committed by then can be brought back. The time at which the archiver was
 * last busy says less: it may be hours behind.
 */
export type LogMark = Readonly<{ at: Instant; system: bigint; segment: string }>

/** Looks of two days, five minutes apart: an archive that is further behind is too old for every limit. */
export const marksMax = 600

export function newestCovered(
  marks: readonly LogMark[],
  archives: readonly Readonly<{ system: number; max: string }>[],
): Instant | null {
  const covered = marks.filter(({ system, segment }) =>
    archives.some(
      one =>
        // In JSON it is a number, and beyond 2^53 its last digits are lost.
        one.system === Number(system) &&
        // Of another timeline the names say nothing of this one.
        one.max.slice(0, 8) === segment.slice(0, 8) &&
        one.max >= segment,
    ),
  )
  return (
    covered
      .map(({ at }) => at)
      .sort()
      .at(-1) ?? null
  )
}
