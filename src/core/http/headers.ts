/**
 * Headers of every answer. No inline script or style, nothing from elsewhere, no frame around us,
 * and strings never become markup (Trusted Types).
 */
const policy = [
  "default-src 'none'",
  "object-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

const always: Readonly<Record<string, string>> = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'x-dns-prefetch-control': 'off',
}

/** RFC 6797: two years, and every name below ours (ASVS 3.4.1). */
const transport = 'max-age=63072000; includeSubDomains'

/**
 * Sets them on an answer; what does not say how long it keeps is never stored.
 *
 * @param isSecure the answer leaves over TLS; without it a browser must not take that header (RFC 6797, 7.2)
 */
export function harden(response: Response, isSecure: boolean): Response {
  for (const [name, value] of Object.entries(always)) response.headers.set(name, value)
  if (isSecure) response.headers.set('strict-transport-security', transport)
  if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store')
  return response
}
