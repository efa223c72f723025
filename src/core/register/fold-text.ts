/** Widths and capitals are no difference when something is looked for or put in order. */
export const foldedText = (text: string): string =>
  // Most of what stands in a register is ASCII, and normalising it costs ten times as much as looking.
  /^[\x20-\x7e]*$/.test(text) ? text.toLowerCase() : text.normalize('NFKC').toLowerCase()
