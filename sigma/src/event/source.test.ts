import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compile } from '../index.ts'
import { applies, type EventSource, type Logsource } from '../rule/logsource.ts'
import { isMissing, linesOf, ruleFiles } from '../testing/shared.ts'
import { readYaml, textAt, type YamlMap } from '../yaml.ts'
import { whoTells } from './logsources.ts'
import { readEvent } from './read.ts'
import { sourceFields, sourceOf } from './source.ts'
import { channelServices, eventCategories } from './taxonomy.ts'
import type { EventObject, EventValue } from './value.ts'

const sourceOfObject = (event: object): EventSource => sourceOf(readEvent(event).fields)

/** `product | services | categories` of an event. */
function told(event: object): string {
  const { products, services, categories } = sourceOfObject(event)
  return [products, services, categories].map(names => names.join(' ')).join(' | ')
}

/** One event of each producer, cut down to what tells where it comes from, and where that is. */
const examples: readonly (readonly [event: object, source: string])[] = [
  [{ Channel: 'Security', EventID: '4688' }, 'windows | security | process_creation'],
  [{ Channel: 'Something/Else', EventID: 1 }, 'windows |  | '],
  [
    { Channel: 'Microsoft-Windows-Windows Defender/Operational', EventID: 1116 },
    'windows | windefend | antivirus',
  ],
  [
    { Channel: 'Microsoft-ServiceBus-Client/Admin', EventID: 40301 },
    'windows | servicebus-client microsoft-servicebus-client | ',
  ],
  [{ Channel: 'Linux-Sysmon/Operational', EventID: 1 }, 'linux | sysmon | process_creation'],
  [{ Channel: 'Linux-Sysmon/Operational', EventID: 3 }, 'linux | sysmon | network_connection'],
  [{ Channel: 'Linux-Sysmon/Operational', EventID: 11 }, 'linux | sysmon | file_event'],
  [{ Channel: 'RPCFW', EventID: 3 }, 'windows rpc_firewall |  | application'],
  [
    {
      winlog: {
        channel: 'Microsoft-Windows-Sysmon/Operational',
        event_data: { EventType: 'DeleteValue' },
      },
      event: { code: '12' },
    },
    'windows | sysmon | registry_event registry_delete',
  ],
  [{ _path: 'smb_files', ts: 1, service: 'IPC' }, 'zeek | smb_files ipc | '],
  [{ _path: 'dns', ts: 1 }, 'zeek | dns | dns network'],
  [{ _path: 'conn', ts: 1 }, 'zeek | conn connection | network'],
  ...['dce_rpc', 'http', 'kerberos', 'rdp', 'x509'].map(
    path => [{ _path: path }, `zeek | ${path} | `] as const,
  ),
  [{ eventSource: 's3.amazonaws.com', eventVersion: '1.08' }, 'aws | cloudtrail | '],
  [{ eventType: 'user.session.start', version: '0', severity: 'INFO' }, 'okta | okta | '],
  [
    { apiVersion: 'audit.k8s.io/v1', kind: 'Event', verb: 'get' },
    'kubernetes | audit | application',
  ],
  [{ logName: 'projects/p/logs/cloudaudit.googleapis.com%2Factivity' }, 'gcp | gcp.audit | '],
  [
    {
      logName: 'organizations/1/logs/cloudaudit.googleapis.com%2Factivity',
      protoPayload: { serviceName: 'admin.googleapis.com' },
    },
    'gcp | gcp.audit google_workspace.admin | ',
  ],
  [
    {
      logName: 'organizations/1/logs/cloudaudit.googleapis.com%2Fdata_access',
      protoPayload: { serviceName: 'login.googleapis.com' },
    },
    'gcp | gcp.audit google_workspace.login | ',
  ],
  [{ Workload: 'Exchange', RecordType: 1 }, 'm365 | audit exchange | '],
  [
    { Workload: 'SecurityComplianceCenter', RecordType: '40' },
    'm365 | audit threat_management threat_detection | ',
  ],
  [{ category: 'SignInLogs' }, 'azure | signinlogs | signinlogs'],
  [{ Type: 'AuditLogs' }, 'azure | auditlogs | '],
  [{ Type: 'AzureActivity' }, 'azure | activitylogs | '],
  [{ Type: 'AADUserRiskEvents' }, 'azure | riskdetection | '],
  [{ action: 'repo.create', operation_type: 'create' }, 'github | audit | '],
  [
    { auditType: { categoryI18nKey: 'bitbucket.service.audit.category.projects' } },
    'bitbucket | audit | ',
  ],
  [{ logtype: 4002, node_id: 'opencanary-1' }, 'opencanary |  | application'],
  [{ devid: 'FGVM01', logid: '0100032001', type: 'event' }, 'fortigate | event | '],
  [{ devid: 'FG100D', logid: '0000000013', type: 'traffic' }, 'fortigate | traffic | firewall'],
  [{ type: 'EXECVE', a0: 'id' }, 'linux | auditd | '],
  [{ SYSLOG_IDENTIFIER: 'sshd', SYSLOG_FACILITY: '10' }, 'linux | sshd auth | '],
  [{ SYSLOG_IDENTIFIER: 'sudo', SYSLOG_FACILITY: '10' }, 'linux | sudo auth | '],
  [{ SYSLOG_IDENTIFIER: 'CRON', SYSLOG_FACILITY: '9' }, 'linux | cron syslog | '],
  [{ SYSLOG_IDENTIFIER: 'polkitd', SYSLOG_FACILITY: '4' }, 'linux | auth | '],
  [{ SYSLOG_IDENTIFIER: 'kernel' }, 'linux | syslog | '],
  [{ SYSLOG_IDENTIFIER: 'clamd' }, 'linux | clamav syslog | '],
  [{ SYSLOG_IDENTIFIER: 'guacd' }, 'linux | guacamole syslog | '],
  [{ SYSLOG_IDENTIFIER: 'vsftpd' }, 'linux | vsftpd syslog | '],
  [{ 'event.dataset': 'cisco_duo.auth' }, 'cisco | duo | '],
  [{ event: { dataset: 'o365.audit', provider: 'Exchange' } }, 'm365 | audit exchange | '],
  [{ event: { dataset: 'zeek.connection' } }, 'zeek | conn connection | network'],
  [{ event: { dataset: 'apache.access' } }, ' |  | webserver'],
  [{ event: { dataset: 'apache.error' } }, ' | apache | '],
  [{ event: { dataset: 'nginx.error' } }, ' | nginx | '],
  [{ event: { dataset: 'squid.log' } }, ' |  | proxy'],
  [{ event: { dataset: 'netflow.log' } }, ' | netflow | '],
  [{ event: { dataset: 'postgresql.log' } }, ' |  | database'],
  [{ event: { dataset: 'panw.panos' } }, 'paloalto |  | firewall'],
  [{ event: { dataset: 'qualys_vmdr.asset_host_detection' } }, 'qualys |  | '],
  [{ event: { dataset: 'modsecurity.auditlog' } }, 'modsecurity |  | '],
  [{ event: { dataset: 'system.auth' } }, 'linux | auth | '],
  [{ event: { dataset: 'system.syslog' } }, 'linux | syslog | '],
  [
    {
      event: { dataset: 'endpoint.events.process', action: 'exec' },
      host: { os: { type: 'macos' } },
    },
    'macos |  | process_creation',
  ],
  [
    { event: { dataset: 'endpoint.events.file', action: 'creation' }, 'host.os.type': 'macos' },
    'macos |  | file_event',
  ],
  [
    { event: { dataset: 'endpoint.events.file', action: 'rename' }, 'host.os.type': 'windows' },
    'windows |  | file_rename',
  ],
  [
    { class_uid: 1001, activity_id: 14, device: { os: { type_id: 100 } } },
    'windows |  | file_access',
  ],
  [
    { class_uid: 1007, activity_id: 1, device: { os: { type_id: 100 } } },
    'windows |  | process_creation',
  ],
  [
    {
      class_uid: 3002,
      device: { os: { type_id: 100 } },
      metadata: { log_name: 'Security', event_code: '4624' },
    },
    'windows | security | ',
  ],
  [
    { class_uid: 6003, metadata: { product: { name: 'CloudTrail', vendor_name: 'AWS' } } },
    'aws | cloudtrail | ',
  ],
  [{ class_uid: 4003, activity_id: 1 }, ' | dns | dns network'],
]

/** Near misses: what is like a mark and is none. */
const untold: readonly object[] = [
  {},
  { _path: 'C:\\x' },
  { eventSource: 's3.amazonaws.com' },
  { eventSource: 'amazonaws.com.evil', eventVersion: '1.08' },
  { eventType: 'user.session.start', version: '0' },
  { eventType: 'AwsApiCall', version: '0', severity: 'INFO' },
  { kind: 'Event', apiVersion: 'v1' },
  { logName: 'projects/p/logs/requests' },
  { Workload: 'Exchange' },
  { action: 'create', operation_type: 'create' },
  { type: 'LOGIN' },
  { type: 'execve' },
  { logtype: 4002 },
  { devid: 'X', logid: '0100032001', type: 'event' },
  { 'event.dataset': 'unheard.of' },
  { event: { dataset: 'endpoint.events.process', action: 'exec' } },
  { class_uid: 'x', activity_id: 1 },
  { SYSLOG_IDENTIFIER: ['sshd'] },
]

describe('where events come from', () => {
  it('M12 marks of producers tell product, services and categories', () => {
    for (const [event, source] of examples) assert.equal(told(event), source, JSON.stringify(event))
  })

  it('M12 what is no unmistakable mark tells nothing', () => {
    for (const event of untold) assert.equal(told(event), ' |  | ', JSON.stringify(event))
  })

  it('M11 M12 a product that an event names is all there is to say; a category alone is added', () => {
    const zeek = { _path: 'dns' }
    assert.equal(told({ ...zeek, product: 'Acme', service: 'X' }), 'acme | x | ')
    assert.equal(told({ ...zeek, _services: ['x'] }), ' | x | ')
    assert.equal(told({ ...zeek, category: 'mine' }), 'zeek | dns | dns network mine')
  })

  it('M12 nothing but the published fields matters', () => {
    for (const [event] of examples) {
      const { fields } = readEvent(event)
      const only = new Map(sourceFields.flatMap(name => valueAt(fields, name)))
      assert.deepEqual(sourceOf(only), sourceOf(fields), JSON.stringify(event))
    }
  })
})

/** The value under a literal name, else under its path: none or one. */
function valueAt(fields: EventObject, path: string): [string, EventValue][] {
  let value: EventValue | undefined = fields.get(path)
  if (value === undefined) {
    value = fields
    for (const part of path.split('.')) value = value instanceof Map ? value.get(part) : undefined
  }
  return value === undefined ? [] : [[path, value]]
}

describe('the log sources of the public rules', { skip: isMissing }, () => {
  const logsources = isMissing ? new Map<string, Logsource>() : logsourcesOfRules()
  const sources = examples.map(([event]) => sourceOfObject(event))

  it('M12 every log source is known', () => {
    assert.ok(logsources.size > 100)
    const unknown = [...logsources].filter(([, logsource]) => whoTells(logsource) === null)
    assert.deepEqual(
      unknown.map(([name]) => name),
      [],
    )
  })

  it('M12 these are told by nobody but the caller, all others by events', () => {
    const isTold = (logsource: Logsource): boolean =>
      sources.some(source => applies(logsource, source)) || isWindows(logsource)
    const byEvent = [...logsources].filter(([, logsource]) => isTold(logsource))
    for (const [name, logsource] of byEvent) assert.equal(whoTells(logsource), 'event', name)
    const byCaller = [...logsources].filter(([, logsource]) => whoTells(logsource) === 'caller')
    assert.equal(byEvent.length + byCaller.length, logsources.size)
    assert.deepEqual(byCaller.map(([name]) => name).toSorted(), [
      'azure pim -',
      'cisco aaa -',
      'cisco bgp -',
      'cisco ldp -',
      'cisco syslog -',
      'django - application',
      'fortios sslvpnd -',
      'huawei bgp -',
      'juniper bgp -',
      'jvm - application',
      'nodejs - application',
      'onelogin onelogin.events -',
      'paloalto globalprotect appliance',
      'paloalto globalprotect file_event',
      'python - application',
      'ruby_on_rails - application',
      'spring - application',
      'sql - application',
      'velocity - application',
    ])
  })

  it('M12 a log source that nobody knows is not', () => {
    for (const logsource of [
      { product: 'windows', service: 'sysmn' },
      { product: 'acme' },
      { category: 'proces_creation' },
      { product: 'aws', category: 'process_creation' },
      {},
    ]) {
      assert.equal(whoTells(logsource), null, JSON.stringify(logsource))
    }
  })

  it('M12 an event of Windows for each service and category is told', () => {
    for (const [channel, service] of channelServices) {
      assert.ok(sourceOfObject({ Channel: channel.toUpperCase() }).services.includes(service))
    }
  })
})

/** Whether some channel and number tell it: the whole tables, not only the examples above. */
function isWindows(logsource: Logsource): boolean {
  const numbers = eventCategories.flatMap(({ service, eventIds, eventType }) =>
    [...channelServices]
      .filter(([, name]) => name === service)
      .flatMap(([channel]) =>
        eventIds.map(id => sourceOfObject({ Channel: channel, EventID: id, EventType: eventType })),
      ),
  )
  const channels = [...channelServices.keys()].map(channel => sourceOfObject({ Channel: channel }))
  return [...numbers, ...channels].some(source => applies(logsource, source))
}

function logsourcesOfRules(): Map<string, Logsource> {
  const found = new Map<string, Logsource>()
  for (const [path, text] of ruleFiles()) {
    if (!path.startsWith('rules') || !path.endsWith('.yml')) continue
    for (const document of readYaml(text)) {
      const root = 'root' in document ? document.root : null
      const node = root?.kind === 'map' ? root.entries.get('logsource')?.node : null
      if (node?.kind !== 'map') continue
      const [category, product, service] = ['category', 'product', 'service'].map(name =>
        textAt(node, name),
      ) as [string | null, string | null, string | null]
      const name = [product, service, category].map(name => name ?? '-').join(' ')
      found.set(name, { category, product, service })
    }
  }
  return found
}

describe('the mapping file of the public rules', { skip: isMissing }, () => {
  const entries = isMissing ? [] : mappingEntries()

  it('M12 every channel of a service is known', () => {
    const channels = entries.flatMap(entry =>
      textsAt(entry, 'sources')
        .filter(source => source.startsWith('WinEventLog:'))
        .map(source => [source.slice('WinEventLog:'.length), textAt(entry, 'service')] as const),
    )
    assert.ok(channels.length > 50)
    for (const [channel, service] of channels) {
      assert.ok(sourceOfObject({ Channel: channel }).services.includes(service ?? ''), channel)
    }
  })

  it('M12 every number of an event makes its category', () => {
    const rewritten = entries.filter(entry => entry.entries.has('rewrite'))
    assert.ok(rewritten.length > 40)
    for (const entry of rewritten) {
      const conditions = entry.entries.get('conditions')?.node as YamlMap
      const service = textAt(entry.entries.get('rewrite')?.node as YamlMap, 'service')
      const [channel] = [...channelServices].find(([, name]) => name === service) ?? ['']
      for (const id of textsAt(conditions, 'EventID')) {
        const event = { Channel: channel, EventID: id, EventType: textAt(conditions, 'EventType') }
        const { categories } = sourceOfObject(event)
        assert.ok(categories.includes(textAt(entry, 'category') ?? ''), JSON.stringify(event))
      }
    }
  })

  it('M22 every other name of a field is looked at where the field is missing', () => {
    const renamed = entries.flatMap(entry => {
      const fields = entry.entries.get('fieldmappings')?.node
      return fields?.kind === 'map'
        ? [...fields.entries.keys()].map(name => [entry, name, textAt(fields, name)] as const)
        : []
    })
    assert.ok(renamed.length >= 4)
    for (const [entry, name, other] of renamed) {
      const logsource = { category: textAt(entry, 'category'), product: textAt(entry, 'product') }
      const detection = { s: { [name]: 'x' }, condition: 's' }
      const engine = compile(JSON.stringify({ title: 't', logsource, detection }))
      const source = { products: ['windows'], services: [], categories: [logsource.category ?? ''] }
      assert.equal(engine.match({ [other ?? '']: 'x' }, source).length, 1, name)
    }
  })
})

function mappingEntries(): YamlMap[] {
  const [document] = readYaml(ruleFiles().get('thor-logsources.yml') ?? '')
  assert.ok(document && 'root' in document && document.root.kind === 'map')
  const logsources = document.root.entries.get('logsources')?.node
  assert.ok(logsources?.kind === 'map')
  return [...logsources.entries.values()].flatMap(({ node }) => (node.kind === 'map' ? [node] : []))
}

function textsAt(map: YamlMap, key: string): string[] {
  const node = map.entries.get(key)?.node
  const items = node?.kind === 'list' ? node.items : node ? [node] : []
  return items.flatMap(item => (item.kind === 'scalar' ? [item.text] : []))
}

describe('real events as they were written', { skip: isMissing }, () => {
  it('M12 trails of AWS and logs of Zeek match as if they had been told apart by hand', () => {
    const rules = [...ruleFiles()].filter(
      ([path]) => path.startsWith('rules/cloud/aws/') || path.startsWith('rules/network/'),
    )
    const engine = compile(rules.map(([name, text]) => ({ name, text })))
    for (const [file, wanted] of [
      ['aws-cloudtrail', 'aws | cloudtrail | '],
      ['zeek-wrccdc', 'zeek | '],
    ] as const) {
      const written = linesOf(`events/${file}.jsonl.gz`)
      const normalised = linesOf(`events/norm/${file}.jsonl.gz`)
      let matches = 0
      for (let at = 0; at < written.length; at += 20) {
        const line = written[at] as string
        assert.ok(told(JSON.parse(line) as object).startsWith(wanted), line)
        const found = engine.match(Buffer.from(line))
        assert.deepEqual(found, engine.match(Buffer.from(normalised[at] as string)), line)
        matches += found.length
      }
      if (file === 'aws-cloudtrail') assert.ok(matches > 0)
    }
  })
})
