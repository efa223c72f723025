import { existsSync } from 'node:fs'

/**
 * The browser of the tests, by its path: CHROMIUM names another. The shell without a window is the same
 * engine as Chromium, and takes a fourth of its time to open a page: there is no window to draw around it.
 */
export const chromiumPath: string =
  process.env['CHROMIUM'] ??
  ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'].find(path => existsSync(path)) ??
  ''

/** For `test(…, { skip })`: where there is no browser, nothing is said about it. */
export const skip = existsSync(chromiumPath) ? false : 'Chromium is not on this machine (CHROMIUM)'
