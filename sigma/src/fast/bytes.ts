import { isWellFormed } from '../surrogates.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const shortMax = 24
const latin = new TextDecoder('latin1')

/** UTF-8, in which half a surrogate pair is three bytes as any other unit (WTF-8). */
export function bytesOf(text: string): Uint8Array {
  if (isWellFormed(text)) return encoder.encode(text)
  const bytes: number[] = []
  for (const character of text) {
    const codePoint = character.codePointAt(0) as number
    const isHalf = codePoint >= 0xd800 && codePoint <= 0xdfff
    if (isHalf)
      bytes.push(
        0xe0 | (codePoint >> 12),
        0x80 | ((codePoint >> 6) & 0x3f),
        0x80 | (codePoint & 0x3f),
      )
    else bytes.push(...encoder.encode(character))
  }
  return Uint8Array.from(bytes)
}

/** Bytes of UTF-8 as text; what is none becomes U+FFFD. */
export const textOfBytes = (bytes: Uint8Array): string => decoder.decode(bytes)

/** Bytes of ASCII as text. */
export function textOfAscii(bytes: Uint8Array): string {
  if (bytes.length > shortMax) return latin.decode(bytes)
  // Quicker than a decoder where there is little to decode.
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}
