import { strict as assert } from 'node:assert'
import { afterEach, test } from 'node:test'
import fc from 'fast-check'
import { OkiteError } from '../../core/error.ts'
import { parseListeners, readListeners, speechOf } from './listener.ts'
import {
  createAuthority,
  missing,
  startOpenssl,
  startScripted,
  stopServers,
} from './probe/testing-servers.ts'

afterEach(stopServers)

const heading =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
const rest =
  ' 00000000:00000000 00:00000000 00000000     0        0 12345 1 0000000000000000 100 0\n'
const row = (local: string, remote: string, state: string) =>
  `   0: ${local} ${remote} ${state}${rest}`

test('S1 the kernel table is read: IPv4, IPv6 and mapped addresses, listening sockets only', () => {
  const tcp = [
    row('0100007F:1F90', '00000000:0000', '0A'),
    row('00000000:01BB', '00000000:0000', '0A'),
    row('0100007F:1F90', '0100007F:C350', '01'),
  ]
  assert.deepEqual(parseListeners(Buffer.from(heading + tcp.join(''))), [
    { address: '127.0.0.1', port: 8080 },
    { address: '0.0.0.0', port: 443 },
  ])
  const none = '00000000000000000000000000000000:0000'
  const tcp6 = [
    row('00000000000000000000000000000000:01BB', none, '0A'),
    row('00000000000000000000000001000000:20FB', none, '0A'),
    row('0000000000000000FFFF00000100007F:20FB', none, '0A'),
    row('B80D0120000000000000000001000000:0050', none, '0A'),
  ]
  assert.deepEqual(parseListeners(Buffer.from(heading.replace('rem', 'remote') + tcp6.join(''))), [
    { address: '::', port: 443 },
    { address: '::1', port: 8443 },
    { address: '127.0.0.1', port: 8443 },
    { address: '2001:db8::1', port: 80 },
  ])
})

test('M10 S1 10,000 tables are read or refused', () => {
  const line = fc.oneof(
    fc.constantFrom(heading, row('0100007F:1F90', '00000000:0000', '0A'), '\n'),
    fc.string().map(text => `${text}\n`),
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), lines => {
      try {
        assert(Array.isArray(parseListeners(Buffer.from(heading + lines.join('')))))
      } catch (error) {
        assert(error instanceof OkiteError && error.code === 'NETWORK_LISTENERS', String(error))
      }
    }),
    { numRuns: 10_000 },
  )
  for (const bad of ['', 'sl\n', heading + row('7F:1', '0:0', '0A')]) {
    assert.throws(() => parseListeners(Buffer.from(bad)), { code: 'NETWORK_LISTENERS' })
  }
})

test('S1 a table that is not there is said, not taken for an empty one', async () => {
  await assert.rejects(readListeners('/nowhere'), { code: 'NETWORK_LISTENERS' })
})

test('S2 listening sockets of this host are found, and told by what they speak', {
  skip: missing('openssl') || (process.platform !== 'linux' && 'needs /proc/net/tcp'),
}, async t => {
  const authority = createAuthority()
  t.after(() => authority.remove())
  const servers = {
    tls: await startOpenssl(authority, { args: ['-tls1_3'] }),
    http: await startScripted(socket => void socket.end('HTTP/1.1 400 no\r\n\r\n')),
    closing: await startScripted(socket => void socket.end()),
    silent: await startScripted(() => {}),
  }
  const listeners = await readListeners()
  const speech = async (port: number) => {
    const listener = listeners.find(one => one.port === port)
    assert.deepEqual(listener, { address: '127.0.0.1', port })
    return speechOf(listener, { timeoutMs: 400, signal: new AbortController().signal })
  }
  assert.equal(await speech(servers.tls.port), 'tls')
  assert.equal(await speech(servers.http.port), 'other')
  assert.equal(await speech(servers.closing.port), 'other')
  assert.equal(await speech(servers.silent.port), 'silent')
})
