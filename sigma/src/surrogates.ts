const halves = /\p{Surrogate}/u

/** Whether all surrogates of the text have their other half. */
export const isWellFormed = (text: string): boolean => !halves.test(text)
