const halves = /\p{Surrogate}/u

/** Whether all surrogates of the text have their other half; newer platforms know at once. */
export function isWellFormed(text: string): boolean {
  const platform = text as { isWellFormed?: () => boolean }
  return platform.isWellFormed?.() ?? !halves.test(text)
}
