/** Every bound of the command, each with its reason. One event has the bounds of the engine. */
export const runLimits = Object.freeze({
  /** Read at a time: larger pieces are not faster. */
  readBytes: 1024 * 1024,
  /** Looked at to know the format: the first lines of any log. */
  peekBytes: 64 * 1024,
  /** A large file of lines is dealt out in pieces of this size: a second of work or so. */
  pieceBytes: 16 * 1024 * 1024,
  /** Matches that travel together from a worker, and characters that they have at most. */
  batchMatches: 512,
  batchCharacters: 256 * 1024,
  /** Batches of one worker that may wait until those of earlier files are told. */
  batchesWaitingMax: 64,
  /** Matches that wait to be put into the order of time for correlations. */
  correlatedMax: 500_000,
  /** An event log cannot be read in a stream; unpacked, it has to fit into memory. */
  packedEvtxBytesMax: 256 * 1024 * 1024,
  /** One rule file: the largest known has 80 KB, one of all rules some 10 MB. */
  ruleFileBytesMax: 64 * 1024 * 1024,
  /** Text of a field that `--why` shows. */
  whyCharactersMax: 2_000,
  /** Folders inside each other. */
  folderDepthMax: 64,
  workersMax: 256,
})
