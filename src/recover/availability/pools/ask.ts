import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { codeOf, OkiteError } from '../../../core/error.ts'
import { readPrivateFile } from '../../../core/ledger/private-file.ts'
import { Answered, failed } from '../probe/answer.ts'
import { Reach, type Tools } from '../probe/reach.ts'
import { type Balancer, statisticsUrl } from './settings.ts'
import { NoStatistics, readStatistics, type Statistics } from './statistics.ts'

/** Some 700 bytes a server: five times what `rowsMax` of them take is nobody's statistics. */
const answerBytesMax = 16 * 1024 * 1024
const socketCommand = 'show info;show stat\n'

/**
 * Asks a balancer once what it has counted, over HTTP or by its socket, with the rules and limits of probes.
 *
 * @throws OkiteError `AVAILABILITY_BALANCER`; `why` is a word of `errors.md`
 */
export async function askBalancer(
  balancer: Balancer,
  tools: Tools,
  stop: AbortSignal,
): Promise<Statistics> {
  const reach = new Reach(tools, stop)
  const refused = (why: string) =>
    new OkiteError('AVAILABILITY_BALANCER', { balancer: balancer.name, why })
  try {
    return balancer.socket === undefined
      ? await askPage(balancer, reach)
      : await askSocket(balancer.socket, reach)
  } catch (error) {
    if (error instanceof NoStatistics || error instanceof Unasked) throw refused(error.why)
    // Nothing between us and a socket of this machine is a network.
    if (balancer.socket !== undefined && /^E(NOENT|ACCES|CONNREFUSED)$/.test(codeOf(error)))
      throw refused('socket.refused')
    const answer = reach.answerOf(error)
    throw refused(answer.kind === 'answered' ? 'answer.malformed' : answer.why)
  } finally {
    reach.end()
  }
}

/** Known before anything was read. */
class Unasked extends Error {
  readonly why: 'password.file' | 'password.refused' | 'answer.large'
  constructor(why: Unasked['why']) {
    super(why)
    this.why = why
  }
}

async function askPage({ url = '', user, passwordFile }: Balancer, reach: Reach) {
  const headers =
    user === undefined ? {} : { authorization: basic(user, readPassword(passwordFile ?? '')) }
  const message = await reach.get(statisticsUrl(url) as URL, headers)
  const status = message.statusCode ?? 0
  if (status === 401 || status === 403) throw new Unasked('password.refused')
  if (status !== 200) throw new Answered(failed('status.unexpected'))
  return readStatistics(await readAll(message, reach), null)
}

/** The socket closes after its answer: first what the process is, a blank line, and its counters. */
async function askSocket(path: string, reach: Reach): Promise<Statistics> {
  const socket = await reach.openLocal(path)
  // Not ended: HAProxy takes the end of the question for a client that went away.
  socket.write(socketCommand)
  const text = await readAll(socket, reach)
  const at = text.indexOf('\n\n')
  const [info, statistics] = [text.slice(0, at + 1), text.slice(at + 2)]
  const figure = (name: string) => {
    const [, digits] = new RegExp(`^${name}: (\\d{1,12})$`, 'm').exec(info) ?? []
    if (digits === undefined) throw new NoStatistics('answer.other')
    return Number(digits)
  }
  const uptimeSeconds = figure('Uptime_sec')
  if (/^Nbproc: /m.test(info) && figure('Nbproc') > 1) throw new NoStatistics('processes.many')
  if (!statistics.endsWith('\n\n')) throw new NoStatistics('answer.cut')
  return readStatistics(statistics, uptimeSeconds)
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** Its first line, anew each time: who changes it need not start the program again. */
function readPassword(path: string): string {
  try {
    return readPrivateFile(path).replace(/\r?\n[^]*$/, '')
  } catch {
    throw new Unasked('password.file')
  }
}

/** To the end. Bytes stand for characters: texts of checks may be in any encoding, and names are ASCII. */
function readAll(stream: Socket | IncomingMessage, reach: Reach): Promise<string> {
  const pieces: Buffer[] = []
  let sizeBytes = 0
  return new Promise((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length
      if (sizeBytes > answerBytesMax) {
        stream.destroy()
        reject(new Unasked('answer.large'))
      } else pieces.push(chunk)
    })
    stream.once('end', () => resolve(Buffer.concat(pieces).toString('latin1')))
    stream.on('error', reject)
    stream.once('close', () => reject(new NoStatistics('answer.cut')))
    reach.whenCut(reject)
  })
}
