/** The first that fits counts: newer browsers claim to be all the older ones. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\/|\bEdgiOS\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\b(?:Headless)?Chrome\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]

const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
]

/** What a header of this length hides after is nobody's device. */
const agentCharsMax = 1_024

/**
 * Browser and system, as people call them, for somebody who asks himself which of his devices this was.
 * Both are claims of the other side; null: neither is one that we know.
 */
export function deviceOf(agent: string | null): string | null {
  const text = (agent ?? '').slice(0, agentCharsMax)
  const named = [browsers, systems].flatMap(list => {
    const found = list.find(([form]) => form.test(text))
    return found ? [found[1]] : []
  })
  return named.length === 0 ? null : named.join(' · ')
}
