/** Placeholder until the guard arrives. */
export {}
