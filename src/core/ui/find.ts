/** Finding and ordering of many rows in the browser, in slices short enough for typing to stay smooth. */

/** Full-width and half-width letters, katakana of both widths, capitals: the same to who searches. */
export const fold = (text: string): string => text.normalize('NFKC').toLocaleLowerCase()

/** A frame has 16 ms; the rest of it belongs to who types. */
const sliceMs = 8

/** Lets the browser do what waits, then goes on. */
const breathe = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 0))

/** @returns the items that match, in their order; null when something newer was asked for */
export async function filterInSlices<T>(
  items: readonly T[],
  matches: (item: T) => boolean,
  signal: AbortSignal,
): Promise<T[] | null> {
  const found: T[] = []
  let begunMs = performance.now()
  for (let at = 0; at < items.length; at += 1) {
    if (matches(items[at]!)) found.push(items[at]!)
    // Asking for the time costs more than a comparison.
    if (at % 512 === 511 && performance.now() - begunMs > sliceMs) {
      await breathe()
      if (signal.aborted) return null
      begunMs = performance.now()
    }
  }
  return found
}

/** Runs of so many are sorted at once: the engine's own sort of them takes some milliseconds. */
const runLength = 1_024

/** A stable merge sort that pauses; null when something newer was asked for. */
export async function sortInSlices<T>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
  signal: AbortSignal,
): Promise<T[] | null> {
  let begunMs = performance.now()
  const isOver = async (): Promise<boolean> => {
    if (performance.now() - begunMs <= sliceMs) return signal.aborted
    await breathe()
    begunMs = performance.now()
    return signal.aborted
  }
  let runs: T[][] = []
  for (let at = 0; at < items.length; at += runLength) {
    runs.push(items.slice(at, at + runLength).sort(compare))
    if (await isOver()) return null
  }
  while (runs.length > 1) {
    const merged: T[][] = []
    for (let at = 0; at < runs.length; at += 2) {
      const [left = [], right = []] = runs.slice(at, at + 2)
      const out: T[] = []
      let l = 0
      let r = 0
      while (l < left.length || r < right.length) {
        const takeLeft = r >= right.length || (l < left.length && compare(left[l]!, right[r]!) <= 0)
        out.push(takeLeft ? left[l++]! : right[r++]!)
        if (out.length % 512 === 0 && (await isOver())) return null
      }
      merged.push(out)
    }
    runs = merged
  }
  return runs[0] ?? []
}
