import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { OkiteError } from '../error.ts'

/**
 * Under which account PostgreSQL's programs run. They refuse root, and initdb refuses a uid
 * without a name.
 *
 * - `self`: as we are.
 * - `namespace`: in a user namespace in which our uid carries the number of an unprivileged
 *   account. Files keep our owner, so it works from a home that nobody else may enter.
 *   Trust: the kernel still sees our uid. It satisfies PostgreSQL and takes root's capabilities
 *   away, but root's files stay in reach: not running as root is better.
 * - `service`: as the account `okite`, with its own uid; the data folder must belong to it.
 */
export type Account = Readonly<
  { kind: 'self' } | { kind: 'namespace' | 'service'; uid: number; gid: number }
>

/** What the machine offers; tests hand in another machine. */
export type Machine = Readonly<{
  uid: number | null
  hasName: boolean
  passwd: string
  tryNamespace(uid: number, gid: number): boolean
}>

/**
 * @param owner the uid that the data folder belongs to, or null when it does not exist yet
 * @throws OkiteError `DATABASE_ROOT`, `DATABASE_ACCOUNT`
 */
export function chooseAccount(owner: number | null, machine: Machine = thisMachine()): Account {
  if (machine.uid === null) return { kind: 'self' }
  if (machine.uid !== 0 && machine.hasName) return { kind: 'self' }
  const accounts = readPasswd(machine.passwd)
  const service = accounts.get('okite')
  if (machine.uid === 0 && service && owner === service.uid) return { kind: 'service', ...service }
  for (const name of unprivileged) {
    const account = accounts.get(name)
    if (!account || account.uid === 0) continue
    if (machine.tryNamespace(account.uid, account.gid)) return { kind: 'namespace', ...account }
    break // the machine refuses namespaces, whoever is asked for
  }
  if (machine.uid !== 0) throw new OkiteError('DATABASE_ACCOUNT', { uid: machine.uid })
  if (service && owner === null) return { kind: 'service', ...service }
  throw new OkiteError('DATABASE_ROOT', { serviceAccount: service !== undefined })
}

/** The program, arguments and identity with which a program of PostgreSQL is spawned. */
export function asAccount(account: Account, program: string, args: readonly string[]) {
  switch (account.kind) {
    case 'self':
      return { program, args: [...args], identity: {} }
    case 'service':
      return { program, args: [...args], identity: { uid: account.uid, gid: account.gid } }
    case 'namespace':
      return {
        program: 'unshare',
        args: [...namespaceArgs(account.uid, account.gid), program, ...args],
        identity: {},
      }
  }
}

/** Where Debian, macOS and the container images of this world keep their harmless accounts. */
const unprivileged = ['okite', 'postgres', 'daemon', 'bin', 'nobody']

/** A PATH of our own: cron and systemd leave out sbin, and nothing else needs to be found. */
export const systemPath = '/usr/sbin:/usr/bin:/sbin:/bin'

const namespaceArgs = (uid: number, gid: number) => [
  '--user',
  `--map-user=${uid}`,
  `--map-group=${gid}`,
  '--',
]

function thisMachine(): Machine {
  return {
    uid: process.getuid?.() ?? null,
    hasName: hasName(),
    passwd: readIfPresent('/etc/passwd'),
    tryNamespace(uid, gid) {
      const args = [...namespaceArgs(uid, gid), 'true']
      return spawnSync('unshare', args, { env: { PATH: systemPath }, stdio: 'ignore' }).status === 0
    },
  }
}

function hasName(): boolean {
  try {
    return userInfo().username !== ''
  } catch {
    return false // uv_os_get_passwd: no entry for this uid
  }
}

function readIfPresent(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function readPasswd(text: string): Map<string, { uid: number; gid: number }> {
  const accounts = new Map<string, { uid: number; gid: number }>()
  for (const line of text.split('\n')) {
    const [name, , uid, gid] = line.split(':')
    if (!name || !/^\d{1,10}$/.test(uid ?? '') || !/^\d{1,10}$/.test(gid ?? '')) continue
    accounts.set(name, { uid: Number(uid), gid: Number(gid) })
  }
  return accounts
}
