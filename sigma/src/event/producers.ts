import type { EventSource } from '../rule/logsource.ts'
import { sourceFrom } from './source-fields.ts'

/** The source of one log of Zeek. */
export function zeekSource(path: string): EventSource {
  // Both are what the taxonomy calls network events of any producer, too.
  if (path === 'dns') return sourceFrom('zeek', ['dns'], ['dns', 'network'])
  if (path === 'conn') return sourceFrom('zeek', ['conn', 'connection'], ['network'])
  return sourceFrom('zeek', [path])
}

/** The source of a record of the unified audit log of Microsoft 365. */
export function microsoft365Source(workload: string): EventSource {
  switch (workload.toLowerCase()) {
    case 'exchange':
      return sourceFrom('m365', ['audit', 'exchange'])
    case 'securitycompliancecenter':
      return sourceFrom('m365', ['audit', 'threat_management', 'threat_detection'])
    default:
      return sourceFrom('m365', ['audit'])
  }
}

/** Who wrote a line of the journal or of syslog, in lower case, and the services that it is. */
const programs: ReadonlyMap<string, readonly string[]> = new Map([
  ['sshd', ['sshd', 'auth']],
  ['sshd-session', ['sshd', 'auth']],
  ['sshd-auth', ['sshd', 'auth']],
  ['sudo', ['sudo', 'auth']],
  ['su', ['auth']],
  ['cron', ['cron']],
  ['crond', ['cron']],
  ['anacron', ['cron']],
  ['clamd', ['clamav']],
  ['clamav', ['clamav']],
  ['freshclam', ['clamav']],
  ['vsftpd', ['vsftpd']],
  ['guacd', ['guacamole']],
  ['apache2', ['apache']],
  ['httpd', ['apache']],
  ['nginx', ['nginx']],
])

export const servicesOfProgram = (name: string): readonly string[] =>
  programs.get(name.toLowerCase()) ?? []
