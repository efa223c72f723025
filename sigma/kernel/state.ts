// What the kernel knows of one line while it is at work, and where its tables are.

/** Ends the current line: it needs what only the host can do. */
export let failed: bool = false
export function fail(): void {
  failed = true
}
export function begin(): void {
  failed = false
}

export let keyTable: usize = 0
export let keyMask: u32 = 0
export let nodeFlags: usize = 0
export let nodeObjects: usize = 0
export let foldPages: usize = 0
export let foldData: usize = 0
export let stack: usize = 0
export let routeKey: usize = 0

export function setTables(
  keys: usize,
  mask: u32,
  flags: usize,
  objects: usize,
  pages: usize,
  folds: usize,
  frames: usize,
  route: usize,
): void {
  keyTable = keys
  keyMask = mask
  nodeFlags = flags
  nodeObjects = objects
  foldPages = pages
  foldData = folds
  stack = frames
  routeKey = route
}

export let routeTable: usize = 0
export let routeMask: u32 = 0
export function setRoutes(table: usize, mask: u32): void {
  routeTable = table
  routeMask = mask
}

export let tokens: usize = 0
export let tokensMax: u32 = 0
export let tokenCount: u32 = 0
export function setTokens(table: usize, max: u32): void {
  tokens = table
  tokensMax = max
}
export function setTokenCount(count: u32): void {
  tokenCount = count
}

export let scratch: usize = 0
export function setScratch(at: usize): void {
  scratch = at
}

/** What was found in values, and for each predicate the value in which it was found last. */
export let memo: usize = 0
export let recordStamps: usize = 0
export function setMemo(at: usize): void {
  memo = at
}
export function setRecordStamps(at: usize): void {
  recordStamps = at
}

export let predicateStamps: usize = 0
export let groupStamps: usize = 0
export let ruleStamps: usize = 0
export let fieldStamps: usize = 0
export let lazyStamps: usize = 0
export let candidates: usize = 0
/**
 * For each field: stamp of presence, stamp of null, stamp of a priority, the priority; stamp of a hash, the hash,
 * how many values; its token, or 0 if there are several.
 */
export const FIELD_STAMP_BYTES: usize = 32

export function setStamps(
  predicates: usize,
  groups: usize,
  rules: usize,
  fields: usize,
  lazies: usize,
  list: usize,
): void {
  predicateStamps = predicates
  groupStamps = groups
  ruleStamps = rules
  fieldStamps = fields
  lazyStamps = lazies
  candidates = list
}

/** The number of the line: what bears it holds for this line. */
export let serial: u32 = 0
export function setSerial(to: u32): void {
  serial = to
}

export let cell: usize = 0
export function setCell(to: usize): void {
  cell = to
}

export let lineStart: usize = 0
export let lineEnd: usize = 0
export function setLine(start: usize, end: usize): void {
  lineStart = start
  lineEnd = end
}

/** The rule of the cell that is being evaluated. */
export let rule: u32 = 0
export function setRule(to: u32): void {
  rule = to
}

/** Whether the line has a byte of more than seven bits, and whether it has a \u escape. */
export let lineFlags: u32 = 0
export function setLineFlags(to: u32): void {
  lineFlags = to
}
