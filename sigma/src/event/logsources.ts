import type { Logsource } from '../rule/logsource.ts'
import { channelServices, eventCategories, serviceAliases } from './taxonomy.ts'

type Names = Readonly<{ services?: string; categories?: string }>

const host = 'process_creation network_connection file_event'

/** The services and categories of each product but Windows: taxonomy 2.1.0 and the public rules. */
const products: ReadonlyMap<string, Names> = new Map<string, Names>([
  [
    'linux',
    {
      services: 'auditd auth clamav cron guacamole sudo sshd syslog sysmon vsftpd',
      categories: host,
    },
  ],
  ['macos', { categories: host }],
  ['aws', { services: 'cloudtrail' }],
  ['azure', { services: 'activitylogs auditlogs riskdetection pim signinlogs' }],
  ['gcp', { services: 'gcp.audit google_workspace.admin google_workspace.login' }],
  ['m365', { services: 'audit exchange threat_detection threat_management' }],
  ['okta', { services: 'okta' }],
  ['onelogin', { services: 'onelogin.events' }],
  ['github', { services: 'audit' }],
  ['bitbucket', { services: 'audit' }],
  ['kubernetes', { services: 'audit', categories: 'application' }],
  ['zeek', { services: 'conn dce_rpc dns http kerberos rdp smb_files x509' }],
  ['cisco', { services: 'aaa bgp duo ldp syslog', categories: 'firewall' }],
  ['huawei', { services: 'bgp ldp' }],
  ['juniper', { services: 'bgp ldp' }],
  ['fortigate', { services: 'event traffic utm', categories: 'firewall' }],
  ['fortios', { services: 'sslvpnd' }],
  ['paloalto', { services: 'globalprotect', categories: 'appliance file_event firewall' }],
  ['apache', { services: 'access error' }],
  ['modsecurity', {}],
  ['qualys', {}],
  ['antivirus', {}],
  ['opencanary', { categories: 'application' }],
  ['rpc_firewall', { categories: 'application' }],
  ['django', { categories: 'application' }],
  ['jvm', { categories: 'application' }],
  ['nodejs', { categories: 'application' }],
  ['python', { categories: 'application' }],
  ['ruby_on_rails', { categories: 'application' }],
  ['spring', { categories: 'application' }],
  ['sql', { categories: 'application' }],
  ['velocity', { categories: 'application' }],
])

/** What rules ask of any product. */
const generic: Names = {
  services: 'apache nginx netflow',
  categories:
    'antivirus appliance application database dns firewall logfile network proxy webserver',
}
const networkServices = 'connection dns'

/** Categories of Windows that come from a sensor or from traces of its kernel, not from a channel. */
const traced = 'file_access file_rename'

/**
 * The log sources of which no event says by itself that it is from there. Events of `generic`
 * categories say so only if a collector or a schema names it.
 */
const onlyCaller: readonly string[] = [
  'azure pim -',
  'onelogin onelogin.events -',
  ...['aaa', 'bgp', 'ldp', 'syslog'].map(service => `cisco ${service} -`),
  ...['huawei', 'juniper'].flatMap(product => [`${product} bgp -`, `${product} ldp -`]),
  'fortios sslvpnd -',
  'paloalto globalprotect appliance',
  'paloalto globalprotect file_event',
  'paloalto globalprotect -',
  ...['django', 'jvm', 'nodejs', 'python', 'ruby_on_rails', 'spring', 'sql', 'velocity'].map(
    product => `${product} - application`,
  ),
  'apache access -',
  'apache error -',
  'antivirus - -',
  '- - appliance',
  '- - logfile',
]

/**
 * Who can tell that an event is from a log source of the taxonomy. `event`: events of some producer
 * say it themselves, so that `sourceOf` finds it. `caller`: whoever hands the event over must say
 * it. Null: the taxonomy does not know this log source, which may be a slip of the pen.
 */
export function whoTells(logsource: Readonly<Partial<Logsource>>): 'event' | 'caller' | null {
  const lower = (name: string | null | undefined): string => name?.toLowerCase() ?? '-'
  const [product, service, category] = [
    lower(logsource.product),
    lower(logsource.service),
    lower(logsource.category),
  ]
  if (!isKnown(product, service, category)) return null
  return onlyCaller.includes(`${product} ${service} ${category}`) ? 'caller' : 'event'
}

function isKnown(product: string, service: string, category: string): boolean {
  if (product === '-') {
    if (category === 'network') return isAmong(service, networkServices)
    const isCategory = isAmong(category, generic.categories) || isWindowsCategory(category)
    return isCategory && isAmong(service, generic.services) && (category !== '-' || service !== '-')
  }
  if (product === 'windows') {
    return (
      (service === '-' || isWindowsService(service)) &&
      (category === '-' || isWindowsCategory(category))
    )
  }
  const names = products.get(product)
  return (
    names !== undefined && isAmong(service, names.services) && isAmong(category, names.categories)
  )
}

const isAmong = (name: string, names = ''): boolean =>
  name === '-' || names.split(' ').includes(name)

const windowsServices = new Set([...channelServices.values(), ...serviceAliases.values()])
const windowsCategories = new Set([
  ...eventCategories.map(({ category }) => category),
  ...traced.split(' '),
])

const isWindowsService = (service: string): boolean => windowsServices.has(service)
const isWindowsCategory = (category: string): boolean => windowsCategories.has(category)
