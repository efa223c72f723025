/** Every limit that no specification sets, each with its reason. */
export const limits = Object.freeze({
  /** One source text: the largest rule known has 80 KB, a file of all rules some 10 MB. */
  sourceCharactersMax: 16 * 1024 * 1024,
  /** Pieces of one document as it is written, its signs and line ends: some six make a node. */
  yamlLexemesMax: 1_200_000,
  /** Nodes of one document after its aliases are written out: what a bomb of aliases would exceed. */
  yamlNodesMax: 200_000,
  /** Nested collections of one document: recursion stays far from the end of the stack. */
  yamlDepthMax: 100,
  /** One tag: longer ones are no names. */
  tagCharactersMax: 256,
  /** Nested lists and maps inside a detection: the known rules use three. */
  detectionDepthMax: 20,
  /** Values that modifiers and placeholders make of one written value. */
  expansionsMax: 10_000,
  /** Characters that all expansions of one value have together. */
  expansionCharactersMax: 4 * 1024 * 1024,
  conditionTokensMax: 100_000,
  /** Brackets and `not` inside each other. */
  conditionDepthMax: 200,
  /** Groups inside each other in a regular expression. */
  regexDepthMax: 100,
  regexRepeatMax: 1_000,
  /** States of one regular expression: the work for each character is bounded by it. */
  regexStatesMax: 5_000,
  /** Matchers that the steps of pipelines make for one rule: names and values may become many. */
  pipelineMatchersMax: 100_000,
  /** A value or name that an expression of a pipeline reads: time is quadratic in it at worst. */
  pipelineTextMax: 8_192,
  /** Choices of truth values times names of a condition: what a rule that almost fired may cost. */
  nearWorkMax: 100_000,
  /** One event: a script block of Windows has 32 KB, the largest cloud event known 256 KB. */
  eventBytesMax: 16 * 1024 * 1024,
  eventDepthMax: 256,
  /** Values of an event given as an object, which can name one of its parts without end. */
  eventValuesMax: 1_000_000,
  /** Memory of the fast engine beside its tables, and for each rule: all public rules take 16 KB each. */
  kernelBytesMax: 128 * 1024 * 1024,
  kernelBytesPerRule: 48 * 1024,
  /** Kinds of events that are told apart; real streams have some hundreds. */
  kindsMax: 20_000,
})
