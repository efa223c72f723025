/** Days that lie between two periods; negative where they overlap. */
export const daysBetween = (until: string, from: string): number =>
  Temporal.PlainDate.from(until).until(Temporal.PlainDate.from(from)).days - 1
