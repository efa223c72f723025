import type { EventSource } from '../rule/logsource.ts'

/**
 * The fields that tell where an event comes from. All have few different values, so that what was
 * found for the values of one event may be kept for the next; none holds a time or an id.
 */
export const sourceFieldNames = [
  'product',
  'service',
  'category',
  '_services',
  '_categories',
  'Channel',
  'EventID',
  'EventType',
  '_path',
  'eventSource',
  'eventVersion',
  'eventType',
  'severity',
  'version',
  'apiVersion',
  'kind',
  'logName',
  'protoPayload.serviceName',
  'Workload',
  'RecordType',
  'Type',
  'operation_type',
  'action',
  'auditType.categoryI18nKey',
  'logtype',
  'node_id',
  'devid',
  'logid',
  'type',
  'SYSLOG_IDENTIFIER',
  'SYSLOG_FACILITY',
  'event.dataset',
  'data_stream.dataset',
  'event.action',
  'event.code',
  'event.provider',
  'host.os.type',
  'winlog.channel',
  'winlog.event_data.EventType',
  'class_uid',
  'activity_id',
  'device.os.type_id',
  'metadata.log_name',
  'metadata.event_code',
  'metadata.product.name',
  'metadata.product.vendor_name',
] as const
export type SourceField = (typeof sourceFieldNames)[number]

/** The text of a field; '' if it has none. */
export type Read = (name: SourceField) => string

/** The source that an event with this mark has; null if the mark is not there. */
export type Mark = (read: Read) => EventSource | null

export const sourceFrom = (
  product: string,
  services: readonly string[] = [],
  categories: readonly string[] = [],
): EventSource => ({ products: product === '' ? [] : [product], services, categories })
