import { timingSafeEqual } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { SFTPWrapper } from 'ssh2'
import { codeOf, OkiteError } from '../../../../core/error.ts'

/** A host, who we are there, and by which key it is known. */
export type Host = Readonly<{
  /** The repository, as people call it. */
  name: string
  host: string
  port: number
  user: string
  privateKey: string
  /** Kind and base64, as in known_hosts. */
  hostKey: string
}>

/** One that is not used for so long is closed; nothing has to be closed by who used it. */
const idleMs = 5_000
/** From the first byte to where files can be asked for. */
const readyMsMax = 20_000
/** One question, of 32 KiB at the most. */
const askMsMax = 60_000
/** A connection that broke is made again, so often for one question. */
const againMs = [100, 1_000]

type Callback<T> = (error: Error | null | undefined, value: T) => void

/** Asks one question of SFTP, by a callback as its client has them. */
export type Ask = <T>(question: (sftp: SFTPWrapper, answer: Callback<T>) => void) => Promise<T>

type Open = Readonly<{ sftp: SFTPWrapper; sock: Socket; end(): void }>

/**
 * Runs work on one connection that is made when it is needed and shared by who asks meanwhile. Work that ended
 * because the connection broke is done again on another one: it must bear being done twice.
 *
 * @throws OkiteError `BACKUP_REPOSITORY_AWAY`, `BACKUP_REPOSITORY_DENIED`, `BACKUP_HOST_KEY`; what the host
 *   answers to a question is thrown as it is, with its number
 */
export function connectionTo(host: Host): <T>(work: (ask: Ask) => Promise<T>) => Promise<T> {
  let open: Promise<Open> | null = null
  let inUse = 0
  let idle: NodeJS.Timeout | null = null

  const opened = (): Promise<Open> => {
    if (open !== null) return open
    const mine = openOnce(host, forget)
    function forget() {
      if (open === mine) open = null
    }
    mine.catch(forget)
    open = mine
    return mine
  }
  const close = async (): Promise<void> => {
    const was = open
    open = null
    await was?.then(
      ({ end }) => end(),
      () => undefined,
    )
  }
  const rest = () => {
    if (inUse > 0 || open === null) return
    idle = setTimeout(() => void close(), idleMs).unref()
    // One that waits for nothing holds up no end of the program.
    void open.then(
      ({ sock }) => inUse === 0 && sock.unref(),
      () => undefined,
    )
  }
  return async work => {
    inUse += 1
    if (idle !== null) clearTimeout(idle)
    try {
      for (let nth = 0; ; nth++) {
        try {
          const { sftp, sock } = await opened()
          sock.ref()
          return await work(question => asked(host, sftp, question))
        } catch (error) {
          if (error instanceof OkiteError && error.data['why'] !== brokenWhy) throw error
          if (isAnswer(error)) throw error
          await close()
          const waitMs = againMs[nth]
          if (waitMs === undefined) throw error instanceof OkiteError ? error : away(host, error)
          await new Promise(resolve => setTimeout(resolve, waitMs))
        }
      }
    } finally {
      inUse -= 1
      rest()
    }
  }
}

/** The number of an answer in the SFTP protocol (draft-ietf-secsh-filexfer-02, 7); null: it is none. */
export const statusOf = (error: unknown): number | null => {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'number' ? code : null
}

const isAnswer = (error: unknown): boolean => statusOf(error) !== null

const brokenWhy = 'broken'
const away = ({ name }: Host, error: unknown) => {
  const code = codeOf(error)
  return new OkiteError('BACKUP_REPOSITORY_AWAY', {
    repository: name,
    why: code === 'Error' ? brokenWhy : code,
  })
}

function asked<T>(
  host: Host,
  sftp: SFTPWrapper,
  question: (sftp: SFTPWrapper, answer: Callback<T>) => void,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const timer = setTimeout(() => {
    reject(new OkiteError('BACKUP_REPOSITORY_AWAY', { repository: host.name, why: brokenWhy }))
  }, askMsMax)
  try {
    question(sftp, (error, value) => (error ? reject(error) : resolve(value)))
  } catch (error) {
    reject(error as Error)
  }
  return promise.finally(() => clearTimeout(timer))
}

/**
 * Its install script builds what it can do without. Where that script fails npm leaves the package out, and
 * everything else works.
 *
 * @throws OkiteError `BACKUP_SFTP_ABSENT`
 */
async function clientOf({ name }: Host): Promise<typeof import('ssh2')> {
  try {
    const module = await import('ssh2')
    return module.default
  } catch (cause) {
    throw new OkiteError('BACKUP_SFTP_ABSENT', { repository: name }, { cause })
  }
}

async function openOnce(host: Host, closed: () => void): Promise<Open> {
  const { name, user: username, privateKey } = host
  const [kind = '', base64 = ''] = host.hostKey.split(' ')
  const pinned = Buffer.from(base64, 'base64')
  const { promise, resolve, reject } = Promise.withResolvers<Open>()
  const ssh2 = await clientOf(host)
  if (ssh2.utils.parseKey(privateKey) instanceof Error) {
    // What is in the file is no key; what it is instead is repeated to nobody.
    throw new OkiteError('BACKUP_CREDENTIALS', { repository: name, why: 'form' })
  }
  const sock = connect({ host: host.host, port: host.port, noDelay: true })
  const client = new ssh2.Client()
  let isOther = false
  const end = () => {
    client.end()
    // A host that does not hang up in turn is not waited for.
    sock.unref()
  }
  const failed = (error: unknown) => {
    closed()
    sock.destroy()
    reject(error as Error)
  }
  sock.on('error', failed)
  client.on('error', error => {
    if (isOther) failed(new OkiteError('BACKUP_HOST_KEY', { repository: name }))
    else if (error.level === 'client-authentication') {
      const data = { repository: name, why: 'authentication' }
      failed(new OkiteError('BACKUP_REPOSITORY_DENIED', data))
    } else failed(away(host, error))
  })
  client.on('close', () => failed(away(host, new Error('closed'))))
  client.on('ready', () => {
    client.sftp((error, sftp) => {
      if (error) {
        const data = { repository: name, why: 'sftp' }
        failed(new OkiteError('BACKUP_REPOSITORY_DENIED', data))
      } else resolve({ sftp, sock, end })
    })
  })
  client.connect({
    ...{ sock, username, privateKey, readyTimeout: readyMsMax },
    ...{ keepaliveInterval: 15_000, keepaliveCountMax: 3 },
    algorithms: { serverHostKey: kindsOf(kind) },
    hostVerifier: (shown: Buffer) => {
      isOther = !(shown.length === pinned.length && timingSafeEqual(shown, pinned))
      return !isOther
    },
  })
  return promise
}

type Kind = 'ssh-ed25519' | 'rsa-sha2-512' | 'rsa-sha2-256' | 'ecdsa-sha2-nistp256'

/** Only keys of the pinned kind are asked for: a host has several, and one of them is known. */
const kindsOf = (kind: string): Kind[] =>
  kind === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [kind as Kind]
