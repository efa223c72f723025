/** Every limit of core that is not part of a format, each with its reason. */
export const limits = Object.freeze({
  /** A judge that says more in one step has a bug (ledger.md, fault 18). */
  factsPerStepMax: 1_000,
  /** Body of a fact by judgement: with its 64 premises and its slots it still fits a leaf (L1). */
  derivedBodyBytesMax: 13_000,
  /** Rows of all judges kept in memory: about 1 KiB each, so 2 GiB at the most. */
  rowsMax: 2_000_000,
  /** What has happened is judged and shown within this; after it nothing is shown as kept (V31a). */
  behindMsMax: 60_000,
  /** Facts stepped in one transaction: long enough to be fast, short enough to let appenders in. */
  factsPerBatchMax: 512,
  /** Pages read when a judge is folded from the beginning. */
  factsPerPage: 8_192,
  /** Pages of work that lets others go on: reading one takes this thread some ten milliseconds. */
  factsPerPacedPage: 1_024,
  /** From so many facts on a fold uses other cores: below it loading the judges there takes longer. */
  factsApartMin: 50_000,
})
