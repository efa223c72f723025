import type { EventSource } from '../rule/logsource.ts'
import { microsoft365Source, zeekSource } from './producers.ts'
import { type Mark, type Read, sourceFrom } from './source-fields.ts'
import { categoriesOf } from './windows-source.ts'

type Dataset = readonly [product: string, services: string, categories: string]

/** Data sets of the Elastic Common Schema that are one log each: names of `event.dataset`. */
const datasets: ReadonlyMap<string, Dataset> = new Map<string, Dataset>([
  ['aws.cloudtrail', ['aws', 'cloudtrail', '']],
  ['azure.activitylogs', ['azure', 'activitylogs', '']],
  ['azure.auditlogs', ['azure', 'auditlogs', '']],
  ['azure.signinlogs', ['azure', 'signinlogs', '']],
  ['azure.identity_protection', ['azure', 'riskdetection', '']],
  ['gcp.audit', ['gcp', 'gcp.audit', '']],
  ['google_workspace.admin', ['gcp', 'google_workspace.admin', '']],
  ['google_workspace.login', ['gcp', 'google_workspace.login', '']],
  ['okta.system', ['okta', 'okta', '']],
  ['github.audit', ['github', 'audit', '']],
  ['atlassian_bitbucket.audit', ['bitbucket', 'audit', '']],
  ['kubernetes.audit_logs', ['kubernetes', 'audit', 'application']],
  ['cisco_duo.auth', ['cisco', 'duo', '']],
  ['cisco_duo.admin', ['cisco', 'duo', '']],
  ['auditd.log', ['linux', 'auditd', '']],
  ['auditd_manager.auditd', ['linux', 'auditd', '']],
  ['apache.access', ['', '', 'webserver']],
  ['nginx.access', ['', '', 'webserver']],
  ['iis.access', ['', '', 'webserver']],
  ['apache.error', ['', 'apache', '']],
  ['nginx.error', ['', 'nginx', '']],
  ['modsecurity.auditlog', ['modsecurity', '', '']],
  ['squid.log', ['', '', 'proxy']],
  ['zscaler_zia.web', ['', '', 'proxy']],
  ['netflow.log', ['', 'netflow', '']],
  ['network_traffic.dns', ['', 'dns', 'dns network']],
  ['network_traffic.flow', ['', 'connection', 'network']],
  ['postgresql.log', ['', '', 'database']],
  ['mysql.slowlog', ['', '', 'database']],
  ['cisco_asa.log', ['cisco', '', 'firewall']],
  ['cisco_ftd.log', ['cisco', '', 'firewall']],
  ['checkpoint.firewall', ['', '', 'firewall']],
  ['panw.panos', ['paloalto', '', 'firewall']],
  ['qualys_vmdr.asset_host_detection', ['qualys', '', '']],
])

/** What a sensor on a host saw, by data set and `event.action`. */
const endpointCategories: ReadonlyMap<string, readonly string[]> = new Map([
  ['process start', ['process_creation']],
  ['process exec', ['process_creation']],
  ['process end', ['process_termination']],
  ['file creation', ['file_event']],
  ['file deletion', ['file_delete']],
  ['file rename', ['file_rename']],
  ['library load', ['image_load']],
  ['network connection_attempted', ['network_connection']],
  ['network connection_accepted', ['network_connection']],
  ['network lookup_requested', ['dns_query']],
  ['network lookup_result', ['dns_query']],
  ['registry modification', ['registry_event', 'registry_set']],
  ['registry deletion', ['registry_event', 'registry_delete']],
])

const operatingSystems = ['windows', 'linux', 'macos']
const endpointStart = 'endpoint.events.'

/** The mark of the Elastic Common Schema: the data set that a collector writes into each event. */
export const datasetSource: Mark = read => {
  const dataset = read('event.dataset') || read('data_stream.dataset')
  const known = datasets.get(dataset)
  if (known) {
    const [product, services, categories] = known
    return sourceFrom(product, words(services), words(categories))
  }
  if (dataset.startsWith(endpointStart)) return endpointSource(dataset, read)
  if (dataset.startsWith('zeek.')) return zeekOf(dataset)
  switch (dataset) {
    case 'o365.audit':
      return microsoft365Source(read('event.provider'))
    case 'sysmon_linux.log':
      return sourceFrom('linux', ['sysmon'], categoriesOf('sysmon', read('event.code'), ''))
    case 'system.auth':
      return syslogSource(read, 'auth')
    case 'system.syslog':
      return syslogSource(read, 'syslog')
    default:
      return null
  }
}

function zeekOf(dataset: string): EventSource {
  const path = dataset.slice('zeek.'.length)
  // The collector has a name of its own for one of the logs.
  return zeekSource(path === 'connection' ? 'conn' : path)
}

function endpointSource(dataset: string, read: Read): EventSource | null {
  const product = read('host.os.type')
  if (!operatingSystems.includes(product)) return null
  const what = `${dataset.slice(endpointStart.length)} ${read('event.action')}`
  return sourceFrom(product, [], endpointCategories.get(what) ?? [])
}

/** Files of syslog are read on macOS too. Which program wrote a line has too many answers to ask. */
const syslogSource = (read: Read, file: string): EventSource =>
  sourceFrom(read('host.os.type') || 'linux', [file])

const words = (text: string): string[] => text.split(' ').filter(word => word !== '')
