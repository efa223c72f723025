import { strict as assert } from 'node:assert'
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { languageChosen, organisationConfigured } from '../../core/account/facts.ts'
import { openMailer } from '../../core/mail/mailer.ts'
import { openTestDesk } from '../../core/run/testing-desk.ts'
import { noticeFailed, noticeIssued, noticeSent } from './facts.ts'

const folder = mkdtempSync(join(tmpdir(), 'okm-'))
const committee = 'govern.policy.committee-meets-monthly'
const path = (name: string) => join(folder, name)
const mails: string[] = []
/** Markup, what would turn the rest of a line around, and a head of a mail. */
const hostile = '山田 <b>花子</b>\u202e\r\nBcc: all@example.org'
let server: SMTPServer
let url = ''
let desk: Awaited<ReturnType<typeof openTestDesk>>

/** A mail server with a certificate of its own that offers STARTTLS and wants a password. */
async function startServer(options: object = {}): Promise<[SMTPServer, number]> {
  const started = new SMTPServer({
    key: readFileSync(path('key.pem')),
    cert: readFileSync(path('cert.pem')),
    onAuth: ({ username, password }, _, done) =>
      done(username === 'okite' && password === 'p:w' ? null : new Error('no'), { user: 'okite' }),
    onData(stream, _, done) {
      let text = ''
      stream.on('data', chunk => (text += String(chunk)))
      stream.on('end', () => {
        mails.push(text)
        done()
      })
    },
    ...options,
  })
  started.on('error', () => {})
  await new Promise<void>(resolve => started.listen(0, '127.0.0.1', () => resolve()))
  return [started, (started.server.address() as AddressInfo).port]
}
const stop = (one: SMTPServer) => new Promise<void>(resolve => one.close(() => resolve()))

before(async () => {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const key = [
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    path('key.pem'),
    '-out',
    path('cert.pem'),
  ]
  execFileSync('openssl', ['req', '-x509', ...key, '-days', '2', ...subject], { stdio: 'ignore' })
  const [started, port] = await startServer()
  server = started
  url = `smtp://okite:p%3Aw@127.0.0.1:${port}`
  desk = await openTestDesk('2026-12-01T00:30:00.000Z', {}, [
    `smtpUrl: ${url}`,
    'mailFrom: okite@example.jp',
    `smtpCaFile: ${path('cert.pem')}`,
    'publicUrl: https://okite.example.jp',
  ])
  const joined = (person: string, mail: string | null) => ({
    type: 'person.joined',
    body: { person, kind: 'employee', department: 'care' },
    private: {
      staff: { person: `hr:${person}` },
      name: { person: `hr:${person}`, value: hostile },
      ...(mail !== null && { mail: { person: `hr:${person}`, value: mail } }),
    },
  })
  const held = (role: string, person: string) => ({
    type: 'role.holder.appointed',
    body: { role, person, from: '2026-01-01', until: null },
  })
  await desk.record(
    'hr@example.jp',
    ...[joined('p-1', 'hanako@example.jp'), joined('p-2', null)],
    ...['committee', 'ciso'].map(role => ({ type: 'role.listed', body: { role } })),
    ...[held('committee', 'p-1'), held('ciso', 'p-2')],
  )
  await desk.advance('2026-12-21T00:30:00.000Z')
  await desk.okite.begin()
})
after(async () => {
  await desk.close()
  await stop(server)
  rmSync(folder, { recursive: true, force: true })
})

const issued = async (person: string) =>
  (await desk.okite.reader.latest(noticeIssued, 100)).filter(({ body }) => body.person === person)
const round = () => desk.okite.collect('govern.duty', 'duty-notices')

/** Waits until what was issued has been reported. */
async function reported(count: number): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const done = await Promise.all(
      [noticeSent, noticeFailed].map(type => desk.okite.reader.latest<object>(type, 1_000)),
    )
    if (done.flat().length >= count) return
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  const lines = desk.lines.filter(line => line.includes('failed'))
  assert.fail(`no report came: ${lines.slice(-3).join(' ')}`)
}

describe('notices', () => {
  test('M11 one mail a day in natural words, sent once, and reported; who has no address is said', async () => {
    await round()
    await round()
    // The round that begins with the program may be the one that tells.
    for (let tries = 0; tries < 500 && (await issued('p-1')).length === 0; tries++)
      await new Promise(resolve => setTimeout(resolve, 20))
    assert.equal((await issued('p-1')).length, 1)
    await reported(2)
    // Of several notices those without an address are reported first.
    for (let tries = 0; tries < 500 && mails.length === 0; tries++)
      await new Promise(resolve => setTimeout(resolve, 20))
    assert.equal(mails.length, 1)
    const mail = await simpleParser(mails[0]!)
    assert.match(
      mail.subject ?? '',
      /^【Okite】情報セキュリティに関する実施事項のお知らせ（\d+件）$/,
    )
    assert.match(mail.text ?? '', /^山田 <b>花子<\/b>\ufffd\nBcc: all@example\.org 様/)
    assert.ok(!mail.headers.has('bcc'), 'a name is no head of a mail')
    assert.match(mail.text ?? '', /ご対応くださいますようお願いいたします/)
    assert.match(mail.text ?? '', /https:\/\/okite\.example\.jp\/duties/)
    assert.match(mail.text ?? '', /期限：2026年12月31日\(木\)/)
    assert.doesNotMatch(String(mail.html), /<b>/, 'a name is text')
    assert.doesNotMatch(mail.text ?? '', /duty\.|control\./, 'every text is in the catalogue')
    assert.equal(mail.headers.get('auto-submitted'), 'auto-generated')
    assert.match(mail.messageId ?? '', /^<okite\.notice\.\d+\.\d+@example\.jp>$/)
    const [failed] = await desk.okite.reader.latest(noticeFailed, 1)
    assert.equal(failed?.body.code, 'MAIL_NO_ADDRESS')
    await round()
    assert.equal(mails.length, 1)
    for (const line of desk.lines) assert.doesNotMatch(line, /hanako|花子|p:w/)
  })

  test('what becomes more pressing is told again, once; nothing that is not', async () => {
    const kinds = async () =>
      (await issued('p-1'))
        .flatMap(({ body }) => body.items)
        .filter(item => item.control === committee)
        .map(({ urgency }) => urgency)
        .reverse()
    // Seven business days from the 21st: the 25th is none in Taiwan.
    assert.deepEqual(await kinds(), ['week'])
    await desk.advance('2026-12-30T00:30:00.000Z')
    await round()
    assert.deepEqual(await kinds(), ['week', 'soon'])
    await desk.advance('2026-12-31T00:30:00.000Z')
    await round()
    await round()
    assert.deepEqual(await kinds(), ['week', 'soon', 'today'])
  })

  test('mails are written in the first language that the organisation uses, and in his own to who has chosen one', async () => {
    const at = '2026-12-31T00:30:00.000Z'
    await desk.okite.ledger.submit('core', {
      ...{ type: organisationConfigured, source: 'set-up', occurred: at, observed: at },
      ...{ trust: 'record', identity: 'set-up' },
      body: {
        ...{ name: 'Example', zone: 'Asia/Taipei', calendar: 'tw', fiscalYearMonth: 1 },
        languages: ['zh-TW', 'ja'],
      },
    })
    await desk.advance('2027-01-04T00:30:00.000Z')
    await round()
    // What was told before may be on its way still, and is worded when it leaves.
    const saying = async (language: string, words: RegExp) => {
      for (let tries = 0; tries < 500; tries++) {
        for (const raw of mails.filter(text => text.includes(`Content-Language: ${language}`))) {
          const mail = await simpleParser(raw)
          if (words.test(mail.text ?? '')) return mail.subject ?? ''
        }
        await new Promise(resolve => setTimeout(resolve, 20))
      }
      return assert.fail(`no mail in ${language} says ${words}`)
    }
    assert.match(await saying('zh-TW', /■ 已逾期/), /^【Okite】資訊安全待辦事項通知（\d+ 項）$/)
    await desk.okite.ledger.submit('core', {
      ...{ type: languageChosen, source: 'account', occurred: at, observed: at },
      ...{ trust: 'record', identity: 'english' },
      body: { account: randomUUID(), language: 'en' },
      private: { person: { person: 'hr:p-1', value: 'Hanako' } },
    })
    await desk.advance('2027-01-25T00:30:00.000Z')
    await round()
    assert.match(await saying('en', /./), /^\[Okite\]/)
  })

  test('without a server or when it refuses, the notice stays with its text and link to copy', async () => {
    const officer = await desk.as('officer@example.jp')
    const { notices } = await officer.get('/duties/notices?locale=en')
    assert.ok(notices.some((one: any) => one.state === 'failed' && one.code === 'MAIL_NO_ADDRESS'))
    assert.ok(notices.every((one: any) => one.text.includes('https://okite.example.jp/duties')))
    const member = await desk.as('hr:p-1', ['duty.read'])
    await member.refused('HTTP_FORBIDDEN', member.fetch('/duties/notices?locale=en'))
  })
})

test('a mail goes encrypted or not at all, to one address, and a wrong setting is refused', async () => {
  const ca = readFileSync(path('cert.pem'), 'utf8')
  const from = 'okite@example.jp'
  const mail = { subject: 's', text: 't', html: '<p>t', language: 'ja', id: 'x' }
  const send = (address: string, to: string, more = {}) =>
    openMailer({ url: address, from, ca }).send({ ...mail, to, ...more })
  const [plain, port] = await startServer({ disabledCommands: ['STARTTLS'], authOptional: true })
  after(() => stop(plain))
  // Notices may be on their way meanwhile: these are told by their address.
  const taken = () => mails.filter(text => /^To: .*a@example\.jp/m.test(text)).length
  await assert.rejects(send(`smtp://127.0.0.1:${port}`, 'a@example.jp'), { code: 'MAIL_REFUSED' })
  await assert.rejects(openMailer({ url, from }).send({ ...mail, to: 'a@example.jp' }), {
    code: 'MAIL_REFUSED',
  })
  for (const to of [
    'a@example.jp, b@example.jp',
    'a@example.jp\r\nBcc: b@example.jp',
    'a',
    '<a@b.jp>',
  ])
    await assert.rejects(send(url, to), { code: 'MAIL_ADDRESS' })
  assert.equal(taken(), 0)
  for (const wrong of ['http://a', 'smtp://', `${url}?tls.rejectUnauthorized=false`, 'x'])
    assert.throws(() => openMailer({ url: wrong, from }), { code: 'MAIL_SETTINGS' })
  await send(url, 'a@example.jp', {
    subject: 's\r\nBcc: b@example.jp\r\n\r\n<p>x',
    id: 'y\r\nX-A: 1',
  })
  assert.equal(taken(), 1)
  const sent = await simpleParser(mails.find(text => /^To: .*a@example\.jp/m.test(text))!)
  assert.match(sent.subject ?? '', /^s\s+Bcc: b@example\.jp\s+<p>x$/)
  assert.ok(!sent.headers.has('bcc') && !sent.headers.has('x-a'))
  assert.throws(() => openMailer({ url, from: 'a b' }), { code: 'MAIL_SETTINGS' })
})
