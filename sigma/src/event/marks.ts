import { datasetSource } from './datasets.ts'
import { ocsfSource } from './ocsf-classes.ts'
import { microsoft365Source, servicesOfProgram, zeekSource } from './producers.ts'
import { type Mark, sourceFrom } from './source-fields.ts'
import { channelSource } from './windows-source.ts'

const windows: Mark = read =>
  channelSource(read('Channel'), read('EventID'), read('EventType')) ??
  channelSource(
    read('winlog.channel'),
    read('event.code'),
    read('winlog.event_data.EventType') || read('EventType'),
  )

/** The streaming JSON of Zeek names the log of each line. */
const zeek: Mark = read => {
  const path = read('_path')
  return isLowerName(path) ? zeekSource(path) : null
}

const cloudTrail: Mark = read => {
  const isRecord = read('eventSource').endsWith('.amazonaws.com')
  return isRecord && read('eventVersion').startsWith('1.')
    ? sourceFrom('aws', ['cloudtrail'])
    : null
}

const oktaSeverities = ['DEBUG', 'INFO', 'WARN', 'ERROR']

/** The System Log of Okta: a dotted type beside version 0 and one of its four severities. */
const okta: Mark = read => {
  const isEvent = read('version') === '0' && oktaSeverities.includes(read('severity'))
  return isEvent && isDottedName(read('eventType')) ? sourceFrom('okta', ['okta']) : null
}

const kubernetes: Mark = read =>
  read('apiVersion').startsWith('audit.k8s.io/') && read('kind') === 'Event'
    ? sourceFrom('kubernetes', ['audit'], ['application'])
    : null

/** Audit logs of Google Workspace come as those of the cloud and name their application. */
const googleCloud: Mark = read => {
  if (!read('logName').includes('/logs/cloudaudit.googleapis.com')) return null
  switch (read('protoPayload.serviceName')) {
    case 'admin.googleapis.com':
      return sourceFrom('gcp', ['gcp.audit', 'google_workspace.admin'])
    case 'login.googleapis.com':
      return sourceFrom('gcp', ['gcp.audit', 'google_workspace.login'])
    default:
      return sourceFrom('gcp', ['gcp.audit'])
  }
}

/** The unified audit log: a record type is a number, a workload one of a few services. */
const microsoft365: Mark = read => {
  const isRecord = isNumeric(read('RecordType')) && read('Workload') !== ''
  return isRecord ? microsoft365Source(read('Workload')) : null
}

/** Categories of diagnostic logs of Entra ID. `AuditLogs` is not among them: Intune has it too. */
const entraCategories: ReadonlyMap<string, string> = new Map([
  ['SignInLogs', 'signinlogs'],
  ['NonInteractiveUserSignInLogs', 'signinlogs'],
  ['ServicePrincipalSignInLogs', 'signinlogs'],
  ['ManagedIdentitySignInLogs', 'signinlogs'],
  ['UserRiskEvents', 'riskdetection'],
  ['ServicePrincipalRiskEvents', 'riskdetection'],
])

/** Tables of Log Analytics, which each row names. */
const analyticsTables: ReadonlyMap<string, string> = new Map([
  ['SigninLogs', 'signinlogs'],
  ['AADNonInteractiveUserSignInLogs', 'signinlogs'],
  ['AADServicePrincipalSignInLogs', 'signinlogs'],
  ['AADManagedIdentitySignInLogs', 'signinlogs'],
  ['AuditLogs', 'auditlogs'],
  ['AADUserRiskEvents', 'riskdetection'],
  ['AADServicePrincipalRiskEvents', 'riskdetection'],
  ['AzureActivity', 'activitylogs'],
])

const azure: Mark = read => {
  const service = analyticsTables.get(read('Type')) ?? entraCategories.get(read('category'))
  return service === undefined ? null : sourceFrom('azure', [service])
}

const gitHubOperations = [
  'access',
  'authentication',
  'create',
  'modify',
  'remove',
  'restore',
  'transfer',
]

const gitHub: Mark = read =>
  gitHubOperations.includes(read('operation_type')) && isDottedName(read('action'))
    ? sourceFrom('github', ['audit'])
    : null

const bitbucket: Mark = read =>
  read('auditType.categoryI18nKey').startsWith('bitbucket.')
    ? sourceFrom('bitbucket', ['audit'])
    : null

const openCanary: Mark = read =>
  isNumeric(read('logtype')) && read('node_id') !== ''
    ? sourceFrom('opencanary', [], ['application'])
    : null

const fortiGateTypes = ['event', 'traffic', 'utm', 'anomaly', 'dns', 'virus', 'webfilter']
const fortiGateIdLength = 10

/** The serial number of every device of Fortinet begins with these letters. */
const fortiGate: Mark = read => {
  const [device, log, type] = [read('devid'), read('logid'), read('type')]
  const isLog = device.startsWith('FG') && isNumeric(log) && log.length === fortiGateIdLength
  if (!isLog || !fortiGateTypes.includes(type)) return null
  return sourceFrom('fortigate', [type], type === 'traffic' ? ['firewall'] : [])
}

/** Types of records of the audit system of Linux; names that are words of other logs left out. */
const auditTypes = new Set(
  `SYSCALL EXECVE PATH CWD PROCTITLE SOCKADDR SOCKETCALL FD_PAIR MMAP BPRM_FCAPS CAPSET EOE
   OBJ_PID NETFILTER_CFG NETFILTER_PKT KERN_MODULE CONFIG_CHANGE DAEMON_START DAEMON_END
   DAEMON_CONFIG DAEMON_ABORT DAEMON_ROTATE USER_AUTH USER_ACCT USER_CMD USER_START USER_END
   USER_LOGIN USER_LOGOUT USER_ERR USER_AVC USER_CHAUTHTOK USER_MGMT USER_TTY USER_ROLE_CHANGE
   USER_SELINUX_ERR CRED_ACQ CRED_DISP CRED_REFR CRYPTO_KEY_USER CRYPTO_SESSION CRYPTO_LOGIN
   CRYPTO_LOGOUT ADD_USER DEL_USER ADD_GROUP DEL_GROUP GRP_MGMT GRP_AUTH GRP_CHAUTHTOK ACCT_LOCK
   ACCT_UNLOCK SERVICE_START SERVICE_STOP SYSTEM_BOOT SYSTEM_SHUTDOWN SYSTEM_RUNLEVEL AVC AVC_PATH
   SELINUX_ERR MAC_STATUS MAC_POLICY_LOAD MAC_CONFIG_CHANGE ANOM_ABEND ANOM_PROMISCUOUS ANOM_LINK
   ANOM_LOGIN_FAILURES ANOM_ROOT_TRANS FEATURE_CHANGE INTEGRITY_DATA INTEGRITY_METADATA
   INTEGRITY_STATUS INTEGRITY_HASH INTEGRITY_PCR INTEGRITY_RULE TIME_INJOFFSET TIME_ADJNTPVAL BPF`.split(
    /\s+/,
  ),
)

const auditRecord: Mark = read =>
  auditTypes.has(read('type')) ? sourceFrom('linux', ['auditd']) : null

/** `auth` and `authpriv`: their lines go to auth.log, all others to syslog. */
const authFacilities = ['4', '10']

const journal: Mark = read => {
  const program = read('SYSLOG_IDENTIFIER')
  if (program === '') return null
  const services = new Set(servicesOfProgram(program))
  if (authFacilities.includes(read('SYSLOG_FACILITY'))) services.add('auth')
  if (!services.has('auth')) services.add('syslog')
  return sourceFrom('linux', [...services])
}

/** The most frequent first. No two can be in one event, but for a producer that copies another. */
export const marks: readonly Mark[] = [
  windows,
  zeek,
  cloudTrail,
  okta,
  googleCloud,
  kubernetes,
  microsoft365,
  azure,
  gitHub,
  bitbucket,
  openCanary,
  fortiGate,
  auditRecord,
  journal,
  datasetSource,
  ocsfSource,
]

const isNumeric = (text: string): boolean => /^\d{1,10}$/.test(text)
const isLowerName = (text: string): boolean => /^[a-z][a-z0-9_-]{0,60}$/.test(text)
const isDottedName = (text: string): boolean =>
  text.length <= 200 && /^[a-z][a-z0-9_]*(\.[a-z0-9_-]+)+$/.test(text)
