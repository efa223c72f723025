import { strict as assert } from 'node:assert'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { suiteOf, suites, suites13 } from './names.ts'
import { missing } from './testing-servers.ts'

test('P5 codes and names agree with those of OpenSSL', { skip: missing('openssl') }, () => {
  const all = ['ciphers', '-V', '-stdname', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0']
  const lines = execFileSync('openssl', all).toString().split('\n')
  const told = lines.flatMap(line => {
    const match = /0x(..),0x(..) - (TLS_\S+) /.exec(line)
    return match ? [[Number.parseInt(`${match[1]}${match[2]}`, 16), match[3]] as const] : []
  })
  assert(told.length > 100)
  for (const [code, name] of told) assert.equal(suiteOf(code)?.name, name)
})

test('P5 no code stands twice, and none of TLS 1.3 among the older ones', () => {
  const codes = [...suites, ...suites13].map(suite => suite.code)
  assert.equal(new Set(codes).size, codes.length)
  assert(suites.every(suite => suite.code >> 8 !== 0x13))
})

test('P5 an exchange is forward-secret only with ephemeral keys and encryption', () => {
  const exchange = (name: string) => suites.find(suite => suite.name === name)?.exchange
  assert.equal(exchange('TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'), 'forward')
  assert.equal(exchange('TLS_DHE_DSS_WITH_AES_128_CBC_SHA'), 'forward')
  for (const name of [
    'TLS_RSA_WITH_AES_128_GCM_SHA256',
    'TLS_ECDH_RSA_WITH_AES_128_CBC_SHA',
    'TLS_DH_RSA_WITH_AES_128_CBC_SHA',
    'TLS_DH_anon_WITH_AES_128_CBC_SHA',
    'TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA',
    'TLS_ECDHE_RSA_WITH_NULL_SHA',
    'TLS_PSK_WITH_AES_128_CBC_SHA',
    'TLS_SRP_SHA_WITH_AES_128_CBC_SHA',
  ]) {
    assert.equal(exchange(name), 'plain', name)
  }
})
