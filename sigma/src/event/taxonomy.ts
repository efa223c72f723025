import type { Logsource } from '../rule/logsource.ts'

/** The service of each channel of Windows; channels in lower case, as real events differ in it. */
export const channelServices: ReadonlyMap<string, string> = new Map([
  ['application', 'application'],
  ['security', 'security'],
  ['system', 'system'],
  ['microsoft-windows-ntlm/operational', 'ntlm'],
  ['microsoft-windows-sysmon/operational', 'sysmon'],
  ['microsoft-windows-powershell/operational', 'powershell'],
  ['powershellcore/operational', 'powershell'],
  ['windows powershell', 'powershell-classic'],
  ['microsoft-windows-taskscheduler/operational', 'taskscheduler'],
  ['microsoft-windows-wmi-activity/operational', 'wmi'],
  ['microsoft-windows-dhcp-server/operational', 'dhcp'],
  ['microsoft-windows-printservice/admin', 'printservice-admin'],
  ['microsoft-windows-smbclient/security', 'smbclient-security'],
  ['microsoft-windows-smbclient/connectivity', 'smbclient-connectivity'],
  ['microsoft-windows-smbserver/connectivity', 'smbserver-connectivity'],
  ['microsoft-windows-printservice/operational', 'printservice-operational'],
  [
    'microsoft-windows-terminalservices-localsessionmanager/operational',
    'terminalservices-localsessionmanager',
  ],
  ['microsoft-windows-codeintegrity/operational', 'codeintegrity-operational'],
  ['microsoft-windows-applocker/msi and script', 'applocker'],
  ['microsoft-windows-applocker/exe and dll', 'applocker'],
  ['microsoft-windows-applocker/packaged app-deployment', 'applocker'],
  ['microsoft-windows-applocker/packaged app-execution', 'applocker'],
  ['msexchange management', 'msexchange-management'],
  ['microsoft-windows-windows defender/operational', 'windefend'],
  ['microsoft-windows-windows firewall with advanced security/firewall', 'firewall-as'],
  ['microsoft-windows-bits-client/operational', 'bits-client'],
  ['microsoft-windows-security-mitigations/kernel mode', 'security-mitigations'],
  ['microsoft-windows-security-mitigations/user mode', 'security-mitigations'],
  ['microsoft-windows-diagnosis-scripted/operational', 'diagnosis-scripted'],
  ['microsoft-windows-shell-core/operational', 'shell-core'],
  ['openssh/operational', 'openssh'],
  ['microsoft-windows-ldap-client/debug', 'ldap'],
  ['microsoft-windows-bitlocker/bitlocker management', 'bitlocker'],
  ['microsoft-windows-vhdmp/operational', 'vhdmp'],
  ['microsoft-windows-appxdeploymentserver/operational', 'appxdeployment-server'],
  ['microsoft-windows-lsa/operational', 'lsa-server'],
  ['microsoft-windows-appxpackaging/operational', 'appxpackaging-om'],
  ['microsoft-windows-dns client events/operational', 'dns-client'],
  ['microsoft-windows-appmodel-runtime/admin', 'appmodel-runtime'],
  ['microsoft-windows-capi2/operational', 'capi2'],
  [
    'microsoft-windows-certificateservicesclient-lifecycle-system/operational',
    'certificateservicesclient-lifecycle-system',
  ],
  ['microsoft-windows-kernel-shimengine/operational', 'kernel-shimengine'],
  ['microsoft-windows-kernel-shimengine/diagnostic', 'kernel-shimengine'],
  ['microsoft-windows-application-experience/program-telemetry', 'application-experience'],
  [
    'microsoft-windows-application-experience/program-compatibility-assistant',
    'application-experience',
  ],
  ['microsoft-windows-ntfs/operational', 'ntfs'],
  ['microsoft-windows-hyper-v-worker', 'hyper-v-worker'],
  ['microsoft-windows-hyper-v-worker-admin', 'hyper-v-worker'],
  ['microsoft-windows-hyper-v-worker-operational', 'hyper-v-worker'],
  ['microsoft-windows-kernel-eventtracing', 'kernel-event-tracing'],
  ['microsoft-windows-kernel-eventtracing/admin', 'kernel-event-tracing'],
  ['microsoft-windows-kernel-eventtracing/analytic', 'kernel-event-tracing'],
  ['microsoft-windows-sense/operational', 'sense'],
  ['microsoft-servicebus-client/admin', 'servicebus-client'],
  ['microsoft-servicebus-client/operational', 'servicebus-client'],
  ['microsoft-iis-configuration/operational', 'iis-configuration'],
  ['dns server', 'dns-server'],
  // The taxonomy writes these two with a hyphen, Windows without.
  ['microsoft-windows-dns-server/audit', 'dns-server-audit'],
  ['microsoft-windows-dns-server/analytical', 'dns-server-analytic'],
  ['microsoft-windows-dnsserver/audit', 'dns-server-audit'],
  ['microsoft-windows-dnsserver/analytical', 'dns-server-analytic'],
  ['microsoft-windows-driverframeworks-usermode/operational', 'driver-framework'],
  ['microsoft-windows-terminalservices-gateway/operational', 'terminalservices-gateway'],
])

/** Names that rules use beside the one of the taxonomy. */
export const serviceAliases: ReadonlyMap<string, string> = new Map([
  ['servicebus-client', 'microsoft-servicebus-client'],
  ['ldap', 'ldap_debug'],
])

/** Which events of a service of Windows make a category; `eventType` in lower case. */
export type CategoryRule = Readonly<{
  category: string
  service: string
  eventIds: readonly number[]
  eventType: string | null
}>

const rule = (
  category: string,
  service: string,
  eventIds: readonly number[],
  eventType: string | null = null,
): CategoryRule => ({ category, service, eventIds, eventType })

/** An event may be of several categories at once: Sysmon 13 sets a value and is a registry event. */
export const eventCategories: readonly CategoryRule[] = [
  rule('process_creation', 'sysmon', [1]),
  rule('process_creation', 'security', [4688]),
  rule('file_change', 'sysmon', [2]),
  rule('network_connection', 'sysmon', [3]),
  rule('sysmon_status', 'sysmon', [4, 16]),
  rule('process_termination', 'sysmon', [5]),
  rule('driver_load', 'sysmon', [6]),
  rule('image_load', 'sysmon', [7]),
  rule('create_remote_thread', 'sysmon', [8]),
  rule('raw_access_thread', 'sysmon', [9]),
  rule('process_access', 'sysmon', [10]),
  rule('file_event', 'sysmon', [11]),
  rule('registry_event', 'sysmon', [12, 13, 14]),
  rule('registry_add', 'sysmon', [12], 'createkey'),
  rule('registry_delete', 'sysmon', [12], 'deletekey'),
  rule('registry_delete', 'sysmon', [12], 'deletevalue'),
  rule('registry_set', 'sysmon', [13]),
  rule('registry_rename', 'sysmon', [14]),
  rule('create_stream_hash', 'sysmon', [15]),
  rule('pipe_created', 'sysmon', [17, 18]),
  rule('wmi_event', 'sysmon', [19, 20, 21]),
  rule('dns_query', 'sysmon', [22]),
  rule('file_delete', 'sysmon', [23]),
  rule('clipboard_change', 'sysmon', [24]),
  rule('clipboard_capture', 'sysmon', [24]),
  rule('process_tampering', 'sysmon', [25]),
  rule('file_delete_detected', 'sysmon', [26]),
  rule('file_block_executable', 'sysmon', [27]),
  rule('file_block_shredding', 'sysmon', [28]),
  rule('file_executable_detected', 'sysmon', [29]),
  rule('sysmon_error', 'sysmon', [255]),
  // Findings of Defender that name a threat or a path.
  rule(
    'antivirus',
    'windefend',
    [1006, 1007, 1008, 1009, 1010, 1011, 1012, 1017, 1018, 1019, 1115, 1116],
  ),
  rule('ps_module', 'powershell', [4103]),
  rule('ps_script', 'powershell', [4104]),
  rule('ps_classic_start', 'powershell-classic', [400]),
  rule('ps_classic_provider_start', 'powershell-classic', [600]),
  rule('ps_classic_script', 'powershell-classic', [800]),
]

/**
 * Other names for fields of one kind of source, looked at where the field itself is missing; the
 * values under all of them count. A name below the field itself, `query.type` for `query`, is always
 * looked at, since a schema has an object where rules have a field.
 */
export type FieldMapping = Readonly<{
  logsource: Logsource
  fields: ReadonlyMap<string, readonly string[]>
}>

const source = (category: string, product: string | null): Logsource => ({
  category,
  product,
  service: null,
})

export const fieldMappings: readonly FieldMapping[] = [
  {
    logsource: source('process_creation', 'windows'),
    fields: new Map([
      ['Image', ['NewProcessName']],
      ['ParentImage', ['ParentProcessName']],
    ]),
  },
  {
    logsource: source('antivirus', null),
    fields: new Map([
      ['Signature', ['ThreatName']],
      ['Filename', ['Path']],
    ]),
  },
]
