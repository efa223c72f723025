/** One thing that a server said, taken out of its records. */
export type Said =
  | Readonly<{ kind: 'handshake'; type: number; body: Buffer }>
  | Readonly<{ kind: 'alert'; level: number; description: number }>
  /** The first encrypted record: what follows is not for us to read. */
  | Readonly<{ kind: 'encrypted' }>
  /** What came next is no answer. The last thing a reader says; nothing may be pushed after it. */
  | Readonly<{ kind: 'fault'; fault: Fault }>

/** Why bytes are no answer. */
export type Fault = 'answer.not.tls' | 'answer.malformed' | 'answer.too.large'

export class AnswerFault extends Error {
  readonly fault: Fault
  constructor(fault: Fault) {
    super(fault)
    this.fault = fault
  }
}

/** RFC 8446 §5.2 allows 2^14 + 256, RFC 5246 §6.2.3 allows 2^14 + 2048: the larger of the two. */
const recordBytesMax = 16_384 + 2_048
/** Our own bound: a chain of 32 certificates of 2 KiB. A larger message is refused before it is read. */
export const handshakeBytesMax = 65_536
/** Our own bound for all that one connection may send: two largest messages and their records. */
export const answerBytesMax = 196_608
/** A flight has fewer than ten messages; a server that sends more is not answering our question. */
const saidMax = 64

type Reader = Readonly<{
  /** Takes bytes as they come: what it says does not depend on the pieces. */
  push(chunk: Buffer): Said[]
  /** True when nothing is half read. */
  atRest(): boolean
}>

/**
 * Reads records (RFC 5246 §6.2, RFC 8446 §5.1) strictly and in bounded memory: a message may be
 * split over records, a record may hold several messages, and an alert may come in two pieces.
 */
export function createReader(): Reader {
  const header = Buffer.alloc(5)
  let headerBytes = 0
  let record: Buffer = Buffer.alloc(0)
  let recordBytes = 0
  let totalBytes = 0
  let saidCount = 0
  let alertLevel = -1
  let encrypted = false
  const messages = createAssembler()

  function endOfRecord(): Said[] {
    switch (header[0]) {
      case 20: // change_cipher_spec: one byte of value 1, and nothing to say (RFC 8446 §5)
        if (record.length !== 1 || record[0] !== 1) throw new AnswerFault('answer.malformed')
        return []
      case 21: {
        const said: Said[] = []
        for (const byte of record) {
          if (alertLevel < 0) alertLevel = byte
          else {
            if (alertLevel !== 1 && alertLevel !== 2) throw new AnswerFault('answer.malformed')
            said.push({ kind: 'alert', level: alertLevel, description: byte })
            alertLevel = -1
          }
        }
        return said
      }
      case 22:
        return messages.push(record)
      default:
        if (messages.inside()) throw new AnswerFault('answer.malformed')
        encrypted = true
        return [{ kind: 'encrypted' }]
    }
  }

  function read(chunk: Buffer, said: Said[]): void {
    let at = 0
    while (at < chunk.length && !encrypted) {
      if (headerBytes < 5) {
        header[headerBytes++] = chunk[at++] as number
        checkHeader(header, headerBytes, saidCount === 0 && !messages.inside() && alertLevel < 0)
        if (headerBytes === 5) {
          record = Buffer.alloc(header.readUInt16BE(3))
          recordBytes = 0
        }
        continue
      }
      const taken = chunk.copy(record, recordBytes, at)
      at += taken
      recordBytes += taken
      if (recordBytes < record.length) break
      headerBytes = 0
      const ended = endOfRecord()
      saidCount += ended.length
      said.push(...ended)
      if (saidCount > saidMax) throw new AnswerFault('answer.too.large')
    }
  }

  return {
    push(chunk) {
      const said: Said[] = []
      const restBytes = answerBytesMax - totalBytes
      totalBytes += chunk.length
      try {
        read(chunk.subarray(0, restBytes), said)
        if (chunk.length > restBytes) throw new AnswerFault('answer.too.large')
      } catch (error) {
        if (!(error instanceof AnswerFault)) throw error
        said.push({ kind: 'fault', fault: error.fault })
      }
      return said
    },
    atRest: () => headerBytes === 0 && !messages.inside() && alertLevel < 0,
  }
}

/** Refuses at the first byte that cannot be right, so that a stranger's protocol is named as such. */
function checkHeader(header: Buffer, bytes: number, isFirst: boolean): void {
  const strange: Fault = isFirst ? 'answer.not.tls' : 'answer.malformed'
  const type = header[0] as number
  if (bytes === 1 && (type < 20 || type > 23)) throw new AnswerFault(strange)
  if (bytes === 2 && header[1] !== 3) throw new AnswerFault(strange)
  if (bytes === 3 && (header[2] as number) > 4) throw new AnswerFault(strange)
  if (bytes === 5) {
    const length = header.readUInt16BE(3)
    if (length > recordBytesMax) throw new AnswerFault('answer.too.large')
    // RFC 8446 §5.1: no empty fragments of handshake and alert; empty data would never end.
    if (length === 0) throw new AnswerFault('answer.malformed')
    // Encrypted data cannot come before any answer.
    if (type === 23 && isFirst) throw new AnswerFault('answer.malformed')
  }
}

/** Puts handshake messages together from the fragments of their records. */
function createAssembler() {
  const header = Buffer.alloc(4)
  let headerBytes = 0
  let body: Buffer = Buffer.alloc(0)
  let bodyBytes = 0
  return {
    inside: () => headerBytes > 0,
    push(fragment: Buffer): Said[] {
      const said: Said[] = []
      let at = 0
      while (at < fragment.length) {
        if (headerBytes < 4) {
          header[headerBytes++] = fragment[at++] as number
          if (headerBytes < 4) continue
          const length = header.readUIntBE(1, 3)
          if (length > handshakeBytesMax) throw new AnswerFault('answer.too.large')
          // Memory is taken as bytes come: a header alone that promises 64 KiB costs 64 KiB, once.
          body = Buffer.alloc(length)
          bodyBytes = 0
          if (length > 0) continue
        }
        const taken = fragment.copy(body, bodyBytes, at)
        at += taken
        bodyBytes += taken
        if (bodyBytes < body.length) break
        said.push({ kind: 'handshake', type: header[0] as number, body })
        headerBytes = 0
      }
      return said
    },
  }
}
