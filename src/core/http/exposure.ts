import { isIP } from 'node:net'
import { resolve } from 'node:path'
import type { CoreSettings } from '../config.ts'
import { OkiteError } from '../error.ts'
import { readAddress } from './address.ts'
import type { TlsFiles } from './certificate.ts'
import type { ProxyHeader } from './forwarded.ts'
import { readProxies, type TrustedProxies } from './proxies.ts'

/** Where this program listens, and under which one name people reach it. */
export type Exposure = Readonly<{
  /** null: both addresses of loopback. */
  address: string | null
  port: number
  /** null: `http://localhost` with the port. Else https, and every request must be for it. */
  origin: string | null
  tls: TlsFiles | null
  proxies: (TrustedProxies & Readonly<{ header: ProxyHeader }>) | null
}>

/** Plain HTTP to browsers of this machine and to nobody else. */
export const onLoopback = (port: number): Exposure => ({
  ...{ address: null, port, origin: null },
  ...{ tls: null, proxies: null },
})

type Settings = Pick<
  CoreSettings,
  | 'port'
  | 'listen'
  | 'publicUrl'
  | 'tlsCertificateFile'
  | 'tlsKeyFile'
  | 'trustedProxies'
  | 'proxyHeader'
>

/**
 * What the settings ask for, if it is safe: beyond loopback only with TLS or behind a proxy that is named,
 * and under one https origin.
 *
 * @param dataDir paths of settings are relative to it
 * @throws OkiteError `LISTEN_ADDRESS`, `LISTEN_UNSAFE`, `LISTEN_TLS`, `LISTEN_PROXY`, `LISTEN_ORIGIN`
 */
export function exposureOf(settings: Settings, dataDir: string): Exposure {
  const { listen, trustedProxies = [], proxyHeader: header } = settings
  const { address, port } =
    listen === undefined
      ? { address: null, port: settings.port }
      : readListen(listen, settings.port)
  const pair = pairOf(settings, dataDir)
  if (pair === null && trustedProxies.length === 0) {
    // `127.0.0.2` is loopback too, but `localhost` does not lead there.
    const isLocal = address === null || address === '127.0.0.1' || address === '::1'
    if (!isLocal) throw new OkiteError('LISTEN_UNSAFE', { host: address })
    return onLoopback(port)
  }
  const origin = originOf(settings.publicUrl)
  return {
    ...{ address, port, origin },
    tls: pair && { ...pair, hostname: new URL(origin).hostname },
    proxies: trustedProxies.length === 0 ? null : { ...readProxies(trustedProxies), header },
  }
}

/** `192.0.2.1`, `192.0.2.1:443`, `[2001:db8::1]:443`, `2001:db8::1`. A name could be any address. */
function readListen(text: string, port: number): Readonly<{ address: string; port: number }> {
  const [, bracketed, four, digits] =
    /^(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  const address = readAddress(bracketed ?? four ?? text)
  const wanted = digits === undefined ? port : Number(digits)
  if (address === null || wanted > 65_535) {
    throw new OkiteError('LISTEN_ADDRESS', { text: text.slice(0, 80) })
  }
  return { address, port: wanted }
}

function pairOf({ tlsCertificateFile, tlsKeyFile }: Settings, dataDir: string) {
  if (tlsCertificateFile === undefined && tlsKeyFile === undefined) return null
  if (tlsCertificateFile === undefined || tlsKeyFile === undefined) {
    throw new OkiteError('LISTEN_TLS')
  }
  return { certificate: resolve(dataDir, tlsCertificateFile), key: resolve(dataDir, tlsKeyFile) }
}

/** Passkeys belong to a name and cookies with `__Host-` to one host: one origin, and no address. */
function originOf(text: string | undefined): string {
  const url = text === undefined ? null : URL.parse(text)
  const isOrigin = url !== null && url.protocol === 'https:' && url.href === `${url.origin}/`
  const isName = url !== null && /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(url.hostname)
  if (!isOrigin || !isName || isIP(url.hostname) !== 0) throw new OkiteError('LISTEN_ORIGIN')
  return url.origin
}
