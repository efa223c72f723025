/**
 * Why something was refused. `code` is stable and meant for programs; `at` is the line (from 1) in
 * the source text, or null where there is none; `detail` names the offending part.
 */
export type Refusal = Readonly<{ code: RefusalCode; at: number | null; detail: string }>

/** Something a writer of rules should know of a rule that runs all the same. Shape as `Refusal`. */
export type Remark = Readonly<{ code: RemarkCode; at: number | null; detail: string }>

export type RefusalCode =
  | 'SOURCE_TOO_LARGE'
  | 'YAML_SYNTAX'
  | 'YAML_DUPLICATE_KEY'
  | 'YAML_ALIAS'
  | 'YAML_TOO_LARGE'
  | 'YAML_TOO_DEEP'
  | 'YAML_TAG'
  | 'YAML_SURROGATE'
  | 'YAML_KEY'
  | 'DOCUMENT_KIND'
  | 'DOCUMENT_ACTION'
  | 'TITLE_MISSING'
  | 'VERSION_UNSUPPORTED'
  | 'ID_TAKEN'
  | 'LOGSOURCE_MISSING'
  | 'LOGSOURCE_SHAPE'
  | 'DETECTION_SHAPE'
  | 'DETECTION_EMPTY'
  | 'DETECTION_TOO_DEEP'
  | 'FIELD_SELECTOR'
  | 'VALUE_SHAPE'
  | 'VALUE_TYPE'
  | 'VALUE_WILDCARD'
  | 'VALUE_TOO_MANY'
  | 'MODIFIER_UNKNOWN'
  | 'MODIFIER_ORDER'
  | 'MODIFIER_KEYWORD'
  | 'PLACEHOLDER_UNKNOWN'
  | 'CIDR_SYNTAX'
  | 'REGEX_SYNTAX'
  | 'REGEX_UNSUPPORTED'
  | 'REGEX_TOO_LARGE'
  | 'CONDITION_MISSING'
  | 'CONDITION_SYNTAX'
  | 'CONDITION_TOO_DEEP'
  | 'CONDITION_TOO_LARGE'
  | 'CONDITION_UNKNOWN'
  | 'CONDITION_PATTERN_EMPTY'
  | 'CONDITION_QUANTIFIER'
  | 'CONDITION_AGGREGATION'
  | 'FILTER_SHAPE'
  | 'PIPELINE_SHAPE'
  | 'PIPELINE_TRANSFORMATION'
  | 'PIPELINE_CONDITION'
  | 'PIPELINE_REGEX'
  | 'PIPELINE_RULE'
  | 'PIPELINE_EMPTY'
  | 'PIPELINE_CORRELATION'
  | 'CORRELATION_SHAPE'
  | 'CORRELATION_TYPE'
  | 'CORRELATION_TIMESPAN'
  | 'CORRELATION_RULE_UNKNOWN'
  | 'CORRELATION_CYCLE'
  | 'EVENT_TOO_LARGE'
  | 'EVENT_TOO_DEEP'
  | 'EVENT_SYNTAX'
  | 'EVENT_SHAPE'
  | 'EVENT_TIME'
  | 'STATE_UNKNOWN'
  | 'STATE_SHAPE'
  | 'STATE_TOO_LARGE'
  | 'RULE_UNKNOWN'

export type RemarkCode =
  | 'METADATA_SCHEMA'
  | 'NAME_TAKEN'
  | 'TIMEFRAME_IGNORED'
  | 'DETECTION_UNUSED'
  | 'VALUE_NULL_IN_LIST'
  | 'MODIFIER_ALL_SINGLE'
  | 'CONDITION_UPPER_CASE'
  | 'FILTER_WITHOUT_NOT'
  | 'FILTER_RULE_UNKNOWN'
  | 'FILTER_LOGSOURCE'
  | 'CORRELATION_WAITS'

/** The one error of this library: a refusal, thrown. */
export class SigmaError extends Error {
  override readonly name = 'SigmaError'
  readonly refusal: Refusal

  constructor(code: RefusalCode, detail: string, at: number | null = null) {
    super(at === null ? `${code}: ${detail}` : `${code} at line ${at}: ${detail}`)
    this.refusal = { code, at, detail }
  }
}

/** Runs `work`; what it refuses is returned instead of thrown. Anything else thrown is a bug. */
export function refusalOf<T>(work: () => T): { done: T } | { refused: Refusal } {
  try {
    return { done: work() }
  } catch (error) {
    if (error instanceof SigmaError) return { refused: error.refusal }
    throw error
  }
}
