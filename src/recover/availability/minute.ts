export const minuteMs = 60_000

/** Minutes since 1970. */
export const minuteAt = (ms: number): number => Math.floor(ms / minuteMs)
