import type { EventSource } from '../rule/logsource.ts'
import { type Mark, type Read, sourceFrom } from './source-fields.ts'
import { channelSource } from './windows-source.ts'

/** `device.os.type_id` of the Open Cybersecurity Schema Framework. */
const operatingSystems: ReadonlyMap<string, string> = new Map([
  ['100', 'windows'],
  ['200', 'linux'],
  ['300', 'macos'],
])

/** What happened on a host, by `class_uid` and `activity_id`; the extension of Windows is 2. */
const hostCategories: ReadonlyMap<string, readonly string[]> = new Map([
  ['1001 1', ['file_event']],
  ['1001 2', ['file_access']],
  ['1001 4', ['file_delete']],
  ['1001 5', ['file_rename']],
  ['1001 14', ['file_access']],
  ['1002 1', ['driver_load']],
  ['1005 1', ['image_load']],
  ['1007 1', ['process_creation']],
  ['1007 2', ['process_termination']],
  ['1007 3', ['process_access']],
  ['1007 4', ['create_remote_thread']],
  ['4001 1', ['network_connection']],
  ['4003 1', ['dns_query']],
  ['4003 6', ['dns_query']],
  ['201001 1', ['registry_event', 'registry_add']],
  ['201001 4', ['registry_event', 'registry_delete']],
  ['201001 5', ['registry_event', 'registry_rename']],
  ['201002 2', ['registry_event', 'registry_set']],
  ['201002 3', ['registry_event', 'registry_set']],
  ['201002 4', ['registry_event', 'registry_delete']],
])

const networkActivity = '4001'
const dnsActivity = '4003'

/**
 * The mark of OCSF: its class. What the original log was goes before, where the event names it: a
 * channel of Windows or the product of a cloud.
 */
export const ocsfSource: Mark = read => {
  const classUid = read('class_uid')
  if (!/^\d{4,6}$/.test(classUid)) return null
  const system = operatingSystems.get(read('device.os.type_id')) ?? ''
  const original = cloudSource(read) ?? windowsSource(read, system)
  const host = system === '' ? [] : hostCategoriesOf(classUid, read)
  const services = new Set(original?.services)
  const categories = new Set([...(original?.categories ?? []), ...host])
  if (classUid === networkActivity) {
    services.add('connection')
    categories.add('network')
  }
  if (classUid === dnsActivity) {
    services.add('dns')
    for (const category of ['dns', 'network']) categories.add(category)
  }
  const [product = system] = original?.products ?? []
  return sourceFrom(product, [...services], [...categories])
}

const hostCategoriesOf = (classUid: string, read: Read): readonly string[] =>
  hostCategories.get(`${classUid} ${read('activity_id')}`) ?? []

/** A log of Linux may have a name too, so the channel counts on Windows only. */
const windowsSource = (read: Read, system: string): EventSource | null =>
  system === 'windows'
    ? channelSource(read('metadata.log_name'), read('metadata.event_code'), '')
    : null

function cloudSource(read: Read): EventSource | null {
  switch (`${read('metadata.product.vendor_name')} ${read('metadata.product.name')}`) {
    case 'AWS CloudTrail':
      return sourceFrom('aws', ['cloudtrail'])
    case 'AWS Amazon EKS':
      return sourceFrom('kubernetes', ['audit'], ['application'])
    case 'Okta Okta':
    case 'Okta System Log':
      return sourceFrom('okta', ['okta'])
    default:
      return null
  }
}
