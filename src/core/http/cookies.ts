import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'

export type CookieKind = 'session' | 'flow' | 'device'

/** The cookies of one request. Their values are random, and nothing that a page may read. */
export type Cookies = Readonly<{
  read(kind: CookieKind): string | null
  set(kind: CookieKind, value: string, ageSeconds: number): void
  clear(kind: CookieKind): void
}>

/** A secret of ours has 43 characters, a device's name 66. */
const lengthMax = 100

/**
 * Over TLS they carry `__Host-`: no other host, no path and no plain request can set them. On loopback
 * there is no TLS; cookies know no ports, and two installations on one machine must not end each
 * other's sessions, so the port is in the name.
 */
export function cookiesOf(c: Context<any>, port: number, isSecure: boolean): Cookies {
  const nameOf = (kind: CookieKind) => {
    const tail = kind === 'session' ? '' : `-${kind}`
    return isSecure ? `__Host-okite${tail}` : `okite-${port}${tail}`
  }
  const always = { httpOnly: true, sameSite: 'Strict', path: '/', secure: isSecure } as const
  const set = (kind: CookieKind, value: string, ageSeconds: number) =>
    setCookie(c, nameOf(kind), value, { ...always, maxAge: Math.max(0, Math.floor(ageSeconds)) })
  return {
    read(kind) {
      const value = getCookie(c, nameOf(kind))
      return value !== undefined && value.length <= lengthMax ? value : null
    },
    set,
    clear: kind => set(kind, '', 0),
  }
}
