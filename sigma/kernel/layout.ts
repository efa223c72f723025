// Where things stand in the structures that the builder writes and the kernel reads. All numbers are
// little-endian; pointers and counts are u32. The builder has the same figures in `src/fast/layout.ts`,
// and a test compares them.

/** One value of a field that some rule names: node, type, flags, start, end. */
export const TOKEN_BYTES: usize = 16

export const TYPE_NULL: u32 = 0
export const TYPE_TRUE: u32 = 1
export const TYPE_FALSE: u32 = 2
export const TYPE_NUMBER: u32 = 3
export const TYPE_STRING: u32 = 4
export const TYPE_LIST: u32 = 5
export const TYPE_OBJECT: u32 = 6

export const NODE_FIELD: u32 = 1
export const NODE_ROUTE: u32 = 2
/** A nested event of Windows: it has to be flattened first. */
export const NODE_NESTED: u32 = 4
/** Another name of a field that has a dot in it: as it stands, and as a path. */
export const NODE_OTHER_LITERAL: u32 = 8
export const NODE_OTHER_PATH: u32 = 16

export const CELL_NODES: usize = 0
export const CELL_IS_COMPLEX: usize = 4
export const CELL_FIELDS: usize = 8
export const CELL_PREDICATE_GROUPS: usize = 12
export const CELL_GROUP_LISTS: usize = 16
export const CELL_GROUP_RULES: usize = 20
export const CELL_RULE_LISTS: usize = 24
export const CELL_CODE: usize = 28
export const CELL_ALWAYS: usize = 32
export const CELL_ALWAYS_COUNT: usize = 36
export const CELL_RULE_IDS: usize = 40
export const CELL_HITS: usize = 44
export const CELL_EVALUATIONS: usize = 48
export const CELL_FINGERPRINTS: usize = 52
export const CELL_EVENTS: usize = 60
export const CELL_FIELD_COUNT: usize = 64
export const CELL_QUARANTINE: usize = 68
export const CELL_LAZIES: usize = 72
export const CELL_STEPS: usize = 76

/** A search as a table: its place, its first state, the column for the end, and the column of each byte. */
export const MACHINE_TABLE: usize = 0
export const MACHINE_FIRST: usize = 4
export const MACHINE_END: usize = 8
export const MACHINE_CLASSES: usize = 16

export const FIELD_BYTES: usize = 96
export const FIELD_FLAGS: usize = 0
export const FIELD_ANY: usize = 4
export const FIELD_SUFFIX_LENGTHS: usize = 8
export const FIELD_EXACT_LENGTHS: usize = 16
export const FIELD_SUFFIX_TABLE: usize = 24
export const FIELD_SUFFIX_MASK: usize = 28
export const FIELD_PREFIX_LENGTHS: usize = 32
export const FIELD_PREFIX_TABLE: usize = 40
export const FIELD_PREFIX_MASK: usize = 44
export const FIELD_GRAM_BITS: usize = 48
export const FIELD_GRAM_SHIFT: usize = 52
export const FIELD_GRAM_LISTS: usize = 56
export const FIELD_GRAM_LIST_SHIFT: usize = 60
export const FIELD_PAIR_BITS: usize = 64
export const FIELD_PAIR_LISTS: usize = 68
export const FIELD_NUMBER_TABLE: usize = 72
export const FIELD_NUMBER_MASK: usize = 76
export const FIELD_SINGLES: usize = 80
export const FIELD_LENGTHS: usize = 84
export const FIELD_NETWORKS: usize = 88

export const HAS_SUFFIX: u32 = 1
export const HAS_PREFIX: u32 = 2
export const HAS_GRAM: u32 = 4
export const HAS_PAIR: u32 = 8
export const HAS_NUMBER: u32 = 16
export const HAS_ANY: u32 = 32
export const HAS_SINGLE: u32 = 64
export const HAS_LENGTH: u32 = 128
/** Another field is compared with it. */
export const HAS_HASH: u32 = 256
export const HAS_NETWORK: u32 = 512
/** Any of the above. */
export const HAS_TEXT: u32 = 1023

/** A list of literals: its count, then for each its place, length, offset of the key in it, and predicate. */
export const LITERAL_BYTES: usize = 16
/** Literals longer than this are found by this many of their bytes. */
export const KEY_BYTES_MAX: u32 = 63
