import { TOTP } from 'otpauth'

/**
 * For tests of the whole program: sets it up through its own routes, as the first page does.
 *
 * @param nowMs what the clock of the program shows
 * @param mail of its first administrator
 */
export async function setUpProgram(
  link: string,
  nowMs = Date.now(),
  mail = 'first@example.org',
): Promise<{ cookie: string; secret: string }> {
  const { origin, hash } = new URL(link)
  const jar = new Map<string, string>()
  const post = async (path: string, body: unknown): Promise<any> => {
    const headers = {
      'content-type': 'application/json',
      cookie: [...jar].map(pair => pair.join('=')).join('; '),
    }
    const init = { method: 'POST', headers, body: JSON.stringify(body) }
    const response = await fetch(`${origin}/api${path}`, init)
    if (response.status !== 200) throw new Error(`${path}: ${await response.text()}`)
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (cookie.split(';', 1)[0] ?? '').split('=')
      jar.set(name, value)
    }
    return response.json()
  }
  const owner = { name: 'First Administrator', mail }
  const organisation = {
    ...{ name: 'Example', zone: 'Asia/Taipei', calendar: 'tw', fiscalYearMonth: 1 },
    languages: ['ja', 'zh-TW', 'en'],
  }
  await post('/enrolment', { token: hash.replace('#enrol=', '') })
  await post('/enrolment/password', { password: 'Kumo-to-Ringo-77-hashiru', owner })
  const { secret } = (await post('/enrolment/totp/offer', {})) as { secret: string }
  await post('/enrolment/totp', { code: new TOTP({ secret }).generate({ timestamp: nowMs }) })
  await post('/enrolment/end', { setUp: { owner, organisation, isCiso: true } })
  const session = [...jar].find(([name]) => /^(__Host-okite|okite-\d+)$/.test(name)) ?? []
  return { cookie: session.join('='), secret }
}
