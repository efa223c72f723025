import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createIssuer, missing, run, type TestPair } from './testing-tls.ts'

/** Beyond loopback only inside a network that this test makes for itself and that ends with it. */
const skip = missing('openssl', 'curl', 'unshare', 'ip')
const hostname = 'okite.example.test'

let issuer: ReturnType<typeof createIssuer>
let pair: TestPair
before(() => {
  issuer = createIssuer()
  if (!skip) pair = issuer.issue('own', hostname)
})
after(() => issuer.remove())

test('ASVS V12.2.1 on an address of a network it speaks TLS, and on no other address', {
  skip,
}, async t => {
  const program = `
    const { startEdge } = await import(${JSON.stringify(join(import.meta.dirname, 'testing.ts'))})
    const tls = { certificate: process.argv[1], key: process.argv[2], hostname: '${hostname}' }
    const exposure = { address: '192.0.2.7', port: 443, origin: 'https://${hostname}', tls, proxies: null }
    await startEdge({ exposure }).http.listen()
    console.log('listening')`
  const script = [
    'ip link set lo up && ip address add 192.0.2.7/32 dev lo && ip address add 192.0.2.8/32 dev lo || exit 77',
    '"$0" --input-type=module -e "$1" "$2" "$3" & trap "kill $!" EXIT',
    'ask() { curl -sS -o /dev/null -w "%{http_code}\\n" --cacert "$2" --resolve "' +
      hostname +
      ':443:$1" https://' +
      hostname +
      '/; }',
    'for n in $(seq 100); do ask 192.0.2.7 "$2" 2>/dev/null | grep -q 200 && break; sleep 0.1; done',
    'echo "own: $(ask 192.0.2.7 "$2")"; echo "other: $(ask 192.0.2.8 "$2" 2>&1)"; echo "loopback: $(ask 127.0.0.1 "$2" 2>&1)"',
  ].join('\n')
  const args = ['--user', '--map-root-user', '--net', 'sh', '-c', script]
  const { status, out } = await run('unshare', [
    ...args,
    process.execPath,
    program,
    pair.certificate,
    pair.key,
  ])
  if (status === 77 || /unshare failed|Operation not permitted/.test(out))
    return t.skip('no namespaces here')
  assert.match(out, /^own: 200$/m, out)
  for (const where of ['other', 'loopback']) {
    assert.match(out, new RegExp(`^${where}: (.*[Ff]ailed to connect|.*refused)`, 'm'), out)
  }
})
