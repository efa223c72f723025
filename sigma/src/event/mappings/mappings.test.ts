import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compile, ecs, type FieldMapping, native, ocsf } from '../../index.ts'
import type { Detection } from '../../rule/ast.ts'
import { parseDocuments } from '../../rule/document.ts'
import { contains, type Logsource } from '../../rule/logsource.ts'
import { ruleOf } from '../../testing/ask.ts'
import { isMissing, ruleFiles } from '../../testing/shared.ts'

const id = '7e4b4c6e-0000-4000-8000-000000000001'

/** Whether a rule of one selection matches, in both engines: the source too is read from the event. */
function asks(
  logsource: object,
  selection: object,
  event: object,
  mappings: readonly FieldMapping[],
): boolean {
  const rule = ruleOf({ s: selection, condition: 's' }, { id, logsource })
  const bytes = new TextEncoder().encode(JSON.stringify(event))
  const answers = (['reference', 'fast'] as const).flatMap(name => {
    const engine = compile(rule, { engine: name, mappings })
    assert.equal(engine.rules[0]?.refusal ?? null, null)
    return [event, bytes].map(form => engine.match(form).length === 1)
  })
  assert.equal(new Set(answers).size, 1, `${answers.join(' ')} ${JSON.stringify(event)}`)
  return answers[0] as boolean
}

/** Names joined by dots and lists of objects turned into lists of values, as pipelines do. */
function dotted(event: object): Record<string, unknown> {
  const flat: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(event) as [string, unknown][]) {
    const objects = (Array.isArray(value) ? value : [value]).filter(
      (item): item is object => typeof item === 'object' && item !== null,
    )
    if (objects.length === 0) flat[name] = value
    for (const [inner, found] of objects.flatMap(object => Object.entries(dotted(object)))) {
      const path = `${name}.${inner}`
      flat[path] = path in flat ? [flat[path], found].flat() : found
    }
  }
  return flat
}

type Case = readonly [name: string, logsource: object, selection: object, event: object]

const windows = (category: string) => ({ product: 'windows', category })
const sysmon = 'Microsoft-Windows-Sysmon/Operational'

const ecsCases: readonly Case[] = [
  [
    'process creation, Winlogbeat',
    windows('process_creation'),
    {
      'Image|endswith': '\\whoami.exe',
      'CommandLine|contains': '/priv',
      'ParentImage|endswith': '\\cmd.exe',
      'User|contains': 'AUTHORI',
      'Hashes|contains': 'IMPHASH=',
      OriginalFileName: 'whoami.exe',
    },
    {
      event: { code: '1', module: 'sysmon' },
      winlog: {
        channel: sysmon,
        event_data: { User: 'NT AUTHORITY\\SYSTEM', Hashes: 'MD5=A,IMPHASH=B' },
      },
      process: {
        executable: 'C:\\Windows\\System32\\whoami.exe',
        command_line: 'whoami /priv',
        parent: { executable: 'C:\\Windows\\System32\\cmd.exe' },
        pe: { original_file_name: 'whoami.exe' },
      },
      user: { name: 'SYSTEM', domain: 'NT AUTHORITY' },
    },
  ],
  [
    'process creation, sensor on Linux',
    { product: 'linux', category: 'process_creation' },
    { 'Image|endswith': '/nc', 'CommandLine|contains': ' -e ' },
    {
      event: { dataset: 'endpoint.events.process', action: 'exec' },
      host: { os: { type: 'linux' } },
      process: { executable: '/usr/bin/nc', command_line: 'nc -e /bin/sh' },
    },
  ],
  [
    'network connection',
    windows('network_connection'),
    { Image: '*\\rundll32.exe', DestinationPort: 443, 'DestinationIp|cidr': '10.0.0.0/8' },
    {
      event: { code: 3 },
      winlog: { channel: sysmon },
      process: { executable: 'C:\\rundll32.exe' },
      destination: { ip: '10.1.1.1', port: 443 },
    },
  ],
  [
    'file',
    windows('file_event'),
    { 'TargetFilename|endswith': '.lnk', 'Image|endswith': '\\winword.exe' },
    {
      event: { dataset: 'endpoint.events.file', action: 'creation' },
      host: { os: { type: 'windows' } },
      file: { path: 'C:\\a.lnk' },
      process: { executable: 'C:\\winword.exe' },
    },
  ],
  [
    'registry',
    windows('registry_set'),
    { 'TargetObject|contains': '\\Run\\', Details: 'calc.exe' },
    {
      event: { code: '13' },
      winlog: { channel: sysmon },
      registry: {
        path: 'HKU\\S-1\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\x',
        data: { strings: ['calc.exe'] },
      },
    },
  ],
  [
    'dns query',
    windows('dns_query'),
    { 'QueryName|endswith': '.onion' },
    { event: { code: '22' }, winlog: { channel: sysmon }, dns: { question: { name: 'a.onion' } } },
  ],
  [
    'image load',
    windows('image_load'),
    { 'ImageLoaded|endswith': '\\dbghelp.dll', Signed: 'false' },
    {
      event: { dataset: 'endpoint.events.library', action: 'load' },
      host: { os: { type: 'windows' } },
      dll: { path: 'C:\\dbghelp.dll', code_signature: { exists: false } },
    },
  ],
  [
    'security',
    { product: 'windows', service: 'security' },
    { EventID: 4624, LogonType: 3, TargetUserName: 'bob', IpAddress: '10.0.0.1' },
    {
      event: { code: '4624' },
      winlog: { channel: 'Security', event_data: { LogonType: '3', TargetUserName: 'bob' } },
      source: { ip: '10.0.0.1' },
    },
  ],
  [
    'finding of Defender',
    { category: 'antivirus' },
    { 'Signature|contains': 'Mimikatz', 'Filename|endswith': '.exe' },
    {
      event: { code: '1116' },
      winlog: {
        channel: 'Microsoft-Windows-Windows Defender/Operational',
        event_data: { 'Threat Name': 'HackTool:Win32/Mimikatz', Path: 'file:_C:\\m.exe' },
      },
    },
  ],
  [
    'webserver',
    { category: 'webserver' },
    { 'cs-uri-query|contains': '/../', 'cs-method': 'GET', 'sc-status': 200 },
    {
      event: { dataset: 'apache.access' },
      url: { original: '/a/../b' },
      http: { request: { method: 'GET' }, response: { status_code: 200 } },
    },
  ],
  [
    'proxy',
    { category: 'proxy' },
    { 'c-useragent|contains': 'curl', 'cs-host': 'evil.test', 'c-uri|endswith': '.exe' },
    {
      event: { dataset: 'squid.log' },
      user_agent: { original: 'curl/8' },
      url: { full: 'http://evil.test/a.exe', domain: 'evil.test' },
    },
  ],
  [
    'trail of AWS',
    { product: 'aws', service: 'cloudtrail' },
    { eventSource: 'iam.amazonaws.com', eventName: 'CreateUser', 'userIdentity.type': 'Root' },
    {
      event: { dataset: 'aws.cloudtrail', provider: 'iam.amazonaws.com', action: 'CreateUser' },
      aws: { cloudtrail: { user_identity: { type: 'Root' } } },
    },
  ],
  [
    'records of auditd',
    { product: 'linux', service: 'auditd' },
    { type: 'EXECVE', a0: 'nc' },
    { event: { dataset: 'auditd.log' }, auditd: { log: { record_type: 'EXECVE', a0: 'nc' } } },
  ],
]

const onWindows = { os: { type_id: 100 }, hostname: 'w1' }

const ocsfCases: readonly Case[] = [
  [
    'process creation',
    windows('process_creation'),
    {
      'Image|endswith': '\\whoami.exe',
      'CommandLine|contains': '/priv',
      'ParentImage|endswith': '\\cmd.exe',
      md5: 'abc',
    },
    {
      class_uid: 1007,
      activity_id: 1,
      device: onWindows,
      process: {
        file: {
          path: 'C:\\whoami.exe',
          hashes: [{ algorithm_id: 1, value: 'ABC' }, { value: 'd' }],
        },
        cmd_line: 'whoami /priv',
      },
      actor: { process: { file: { path: 'C:\\cmd.exe' } } },
    },
  ],
  [
    'network connection',
    windows('network_connection'),
    { 'Image|endswith': 'x.exe', DestinationPort: 443, DestinationHostname: 'evil.test' },
    {
      class_uid: 4001,
      activity_id: 1,
      device: onWindows,
      actor: { process: { file: { path: 'C:\\x.exe' } } },
      dst_endpoint: { port: 443, hostname: 'evil.test' },
    },
  ],
  [
    'file',
    windows('file_rename'),
    { 'SourceFilename|endswith': '.docx', 'TargetFilename|endswith': '.locked' },
    {
      class_uid: 1001,
      activity_id: 5,
      device: onWindows,
      file: { path: 'C:\\a.docx' },
      file_result: { path: 'C:\\a.locked' },
    },
  ],
  [
    'registry',
    windows('registry_set'),
    { 'TargetObject|endswith': '\\Run', Details: 'calc.exe' },
    {
      class_uid: 201002,
      activity_id: 2,
      device: onWindows,
      reg_value: { path: 'HKLM\\Software\\Run', name: 'x', data: 'calc.exe' },
    },
  ],
  [
    'dns',
    { category: 'dns' },
    { query: '*.onion', record_type: 'A', answer: '10.0.0.1' },
    {
      class_uid: 4003,
      activity_id: 2,
      query: { hostname: 'a.onion', type: 'A' },
      answers: [{ rdata: '10.0.0.9' }, { rdata: '10.0.0.1' }],
    },
  ],
  [
    'image load',
    windows('image_load'),
    { 'ImageLoaded|endswith': '\\a.dll', 'Image|endswith': '\\b.exe' },
    {
      class_uid: 1005,
      activity_id: 1,
      device: onWindows,
      module: { file: { path: 'C:\\a.dll' } },
      actor: { process: { file: { path: 'C:\\b.exe' } } },
    },
  ],
  [
    'authentication',
    { product: 'windows', service: 'security' },
    { EventID: 4625, LogonType: 10, TargetUserName: 'bob', SubStatus: '0xC000006A' },
    {
      class_uid: 3002,
      activity_id: 1,
      device: onWindows,
      metadata: { log_name: 'Security', event_code: '4625' },
      logon_type_id: 10,
      user: { name: 'bob' },
      unmapped: { SubStatus: '0xC000006A' },
    },
  ],
  [
    'trail of AWS',
    { product: 'aws', service: 'cloudtrail' },
    { eventName: 'CreateUser', eventSource: 'iam.amazonaws.com', errorCode: 'AccessDenied' },
    {
      class_uid: 6003,
      activity_id: 1,
      metadata: { product: { name: 'CloudTrail', vendor_name: 'AWS' } },
      api: {
        operation: 'CreateUser',
        service: { name: 'iam.amazonaws.com' },
        response: { error: 'AccessDenied' },
      },
    },
  ],
]

describe('names of other schemas', () => {
  for (const [schema, cases, mappings] of [
    ['ECS', ecsCases, ecs],
    ['OCSF', ocsfCases, ocsf],
  ] as const) {
    for (const [name, logsource, selection, event] of cases) {
      it(`M22 ${schema}: ${name}, nested and with dots`, () => {
        for (const form of [event, dotted(event)]) {
          assert.ok(asks(logsource, selection, form, mappings), JSON.stringify(form))
          assert.ok(!asks(logsource, selection, form, []), 'it matches without mappings too')
          // Each part of the selection is looked for: with another value none matches.
          for (const field of Object.keys(selection)) {
            if (field.endsWith('|cidr')) continue
            const other = { ...selection, [field]: 'something else' }
            assert.ok(!asks(logsource, other, form, mappings), field)
          }
        }
      })
    }
  }

  it('M22 any of the other names is enough, and the field itself goes before them', () => {
    const logsource = windows('image_load')
    const selection = { ImageLoaded: 'a' }
    const event = { Channel: sysmon, EventID: 7, dll: { path: 'a' }, file: { path: 'b' } }
    assert.ok(asks(logsource, selection, event, ecs))
    assert.ok(!asks(logsource, selection, { ...event, ImageLoaded: 'c' }, ecs))
  })

  it('M22 audit logs as their clouds write them', () => {
    const google = {
      logName: 'projects/p/logs/cloudaudit.googleapis.com%2Factivity',
      protoPayload: { methodName: 'storage.buckets.delete' },
    }
    const method = { 'gcp.audit.method_name': 'storage.buckets.delete' }
    assert.ok(asks({ product: 'gcp', service: 'gcp.audit' }, method, google, native))
    const mail = { Workload: 'Exchange', RecordType: 1, Operation: 'Add-FederatedDomain' }
    const exchange = { eventSource: 'Exchange', eventName: 'Add-FederatedDomain' }
    assert.ok(asks({ product: 'm365', service: 'exchange' }, exchange, mail, native))
  })
})

/** Fields of rules that a schema has no name for, or other values than rules ask for. */
const without: Readonly<Record<string, readonly string[]>> = {
  ECS: ['cs-cookie', 'cs-content-type', 'blocked', 'Initiated', 'status', 'LogonId'],
  OCSF: [
    'cs-cookie',
    'cs-content-type',
    'blocked',
    'action',
    'c-uri-extension',
    'Initiated',
    'status',
    'requestParameters.attribute',
    'requestParameters.containerDefinitions.command',
    'requestParameters.enable',
    'requestParameters.layers',
    'responseElements.ConsoleLogin',
    'responseElements.pendingModifiedValues.masterUserPassword',
    'responseElements.publiclyAccessible',
    'additionalEventData.MFAUsed',
    'userIdentity.sessionContext.sessionIssuer.type',
  ],
}

describe('fields of the public rules', { skip: isMissing }, () => {
  const categories = new Set(
    `process_creation network_connection file_event file_delete file_rename file_access dns_query
     registry_event registry_set registry_add registry_delete image_load driver_load process_access
     create_remote_thread webserver proxy dns firewall`.split(/\s+/),
  )
  const used = new Map<string, [Logsource, string]>()
  for (const [path, text] of isMissing ? [] : ruleFiles()) {
    if (!path.startsWith('rules') || !path.endsWith('.yml')) continue
    for (const document of parseDocuments(text)) {
      if (document.kind !== 'detection') continue
      const { logsource } = document
      const isMeant =
        categories.has(logsource.category ?? '') ||
        logsource.service === 'security' ||
        logsource.service === 'cloudtrail'
      for (const detection of isMeant ? document.detection.detections.values() : []) {
        for (const field of fieldsOf(detection)) {
          used.set(`${Object.values(logsource).join('/')} ${field}`, [logsource, field])
        }
      }
    }
  }

  for (const [schema, mappings] of [
    ['ECS', ecs],
    ['OCSF', ocsf],
  ] as const) {
    it(`M22 ${schema} has a name for each but a few`, () => {
      assert.ok(used.size > 200)
      const missing = [...used.values()].filter(
        ([logsource, field]) =>
          !mappings.some(
            mapping => contains(mapping.logsource, logsource) && mapping.fields.has(field),
          ),
      )
      const names = new Set(missing.map(([, field]) => field))
      assert.deepEqual([...names].toSorted(), without[schema]?.toSorted())
    })
  }
})

function fieldsOf(detection: Detection): readonly string[] {
  switch (detection.kind) {
    case 'item':
      return detection.field === null ? [] : [detection.field]
    case 'members':
      return [detection.field]
    case 'all':
    case 'any':
      return detection.of.flatMap(fieldsOf)
  }
}
