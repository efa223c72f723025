import assert from 'node:assert/strict'
import * as fs from 'node:fs'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { OkiteError } from '../error.ts'
import { startProgram, temporaryFolder } from './fixtures/bench.ts'
import { claimInstance, findInstance } from './instance.ts'

it('a second start is refused with the pid of the first, which answers and can be stopped', async test => {
  const dataDir = join(temporaryFolder(test), 'data')
  const first = await startProgram(test, dataDir)
  const second = await startProgram(test, dataDir)
  assert.equal(second.said.code, 'OKITE_RUNNING')
  assert.equal(second.said.data?.['pid'], first.child.pid)
  assert.equal(await second.ended, 1)
  const found = findInstance(dataDir)
  assert.equal(found?.pid, first.child.pid)
  assert.deepEqual(await found?.ask('GET', '/status'), { pid: first.child.pid })
  assert.equal(await found?.gone(0), false)
  await found?.ask('POST', '/stop')
  assert.equal(await found?.gone(30_000), true)
  assert.equal(await first.ended, 0)
  assert.equal(findInstance(dataDir), null)
})

it('of many starts at once exactly one runs', async test => {
  const dataDir = join(temporaryFolder(test), 'data')
  const programs = await Promise.all([1, 2, 3, 4].map(() => startProgram(test, dataDir)))
  const codes = programs.map(program => program.said.code ?? 'runs').sort()
  assert.deepEqual(codes, ['OKITE_RUNNING', 'OKITE_RUNNING', 'OKITE_RUNNING', 'runs'])
})

it('a command that finds none creates nothing', test => {
  const root = temporaryFolder(test)
  assert.equal(findInstance(join(root, 'absent')), null)
  assert.equal(findInstance(root), null)
  assert.deepEqual(fs.readdirSync(root), [])
  assert.throws(() => claimInstance(join(root, 'absent'), { create: false }), {
    code: 'DATA_FOLDER_ABSENT',
  })
  assert.deepEqual(fs.readdirSync(root), [])
})

it('a long answer shows signs of life, and hears that nobody waits for it any more', async test => {
  const dataDir = join(temporaryFolder(test), 'data')
  const instance = claimInstance(dataDir, { beatMs: 50 })
  const begun = Promise.withResolvers<void>()
  const left = Promise.withResolvers<string>()
  await instance.serve({
    'POST /long': async () => {
      await sleep(1_000)
      return 'done'
    },
    'POST /wait': (_body, signal) => {
      signal.addEventListener('abort', () => left.resolve('aborted'))
      begun.resolve()
      return left.promise
    },
  })
  try {
    const found = findInstance(dataDir, { silentMsMax: 400 })
    assert.equal(await found?.ask('POST', '/long'), 'done')
    const socketPath = join(fs.readlinkSync(join(dataDir, 'run')), 'okite.sock')
    const request = httpRequest({ socketPath, method: 'POST', path: '/wait' })
    request.on('error', () => {})
    request.end()
    await begun.promise
    request.destroy()
    const late = sleep(5_000, 'not told', { ref: false })
    assert.equal(await Promise.race([left.promise, late]), 'aborted')
  } finally {
    left.resolve('')
    await instance.release()
  }
})

it('a program that is silent is said to be', async test => {
  const dataDir = join(temporaryFolder(test), 'data')
  const instance = claimInstance(dataDir)
  await instance.serve({ 'POST /long': () => sleep(1_000) })
  try {
    const found = findInstance(dataDir, { silentMsMax: 200 })
    const silent = { code: 'OKITE_SILENT', data: { pid: process.pid, reason: 'no_answer' } }
    await assert.rejects(found?.ask('POST', '/long') ?? Promise.resolve(), silent)
  } finally {
    await instance.release()
  }
})

it('the control socket refuses what it does not know, and stays alive', async test => {
  const dataDir = join(temporaryFolder(test), 'data')
  const instance = claimInstance(dataDir)
  const asked: unknown[] = []
  await instance.serve({
    'POST /echo': body => body,
    'POST /refuse': () => {
      throw new OkiteError('NOT_TODAY', { day: 'monday' })
    },
    'POST /break': () => {
      asked.push('break')
      throw new TypeError('a secret detail')
    },
  })
  try {
    const found = findInstance(dataDir)
    assert.ok(found)
    const echoed = { 日本: ['語'] }
    assert.deepEqual(await found.ask('POST', '/echo', echoed), echoed)
    await assert.rejects(found.ask('POST', '/refuse'), {
      code: 'NOT_TODAY',
      data: { day: 'monday' },
    })
    await assert.rejects(found.ask('POST', '/break'), { code: 'CONTROL_FAILED', data: {} })
    for (const path of ['/unknown', '/__proto__', '/../echo', '/echo?x=1']) {
      await assert.rejects(found.ask('POST', path), { code: 'CONTROL_UNKNOWN' }, path)
    }
    await assert.rejects(found.ask('POST', '/echo', 'x'.repeat(1024 * 1024)), {
      code: 'CONTROL_BODY',
    })
    const socket = join(fs.readlinkSync(join(dataDir, 'run')), 'okite.sock')
    assert.equal(fs.statSync(socket).mode & 0o777, 0o600)
    for (const bytes of [
      '\0\0\0',
      'GET / HTTP/9\r\n\r\n',
      'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\n{"a',
    ]) {
      const answer = await new Promise<string>(resolve => {
        let text = ''
        const raw = connect(socket, () => raw.write(bytes))
        raw.setEncoding('utf8').on('data', (part: string) => (text += part))
        raw.on('close', () => resolve(text)).on('error', () => {})
      })
      assert.match(answer, /^HTTP\/1\.1 4\d\d/)
    }
    assert.deepEqual(await found.ask('POST', '/echo', 1), 1)
    assert.deepEqual(asked, ['break'])
  } finally {
    await instance.release()
  }
  assert.equal(findInstance(dataDir), null)
  claimInstance(dataDir)
    .release()
    .catch(() => {})
})
