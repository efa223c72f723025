import type { CompiledMessage } from '@lingui/message-utils/compileMessage'

/** Names of the values that a message asks for, at any depth. */
export function valuesOf(message: CompiledMessage, found = new Set<string>()): Set<string> {
  for (const token of message) {
    if (typeof token === 'string') continue
    const [name, , choices] = token
    if (name !== '#') found.add(name)
    if (typeof choices === 'object' && choices !== null) {
      for (const choice of Object.values(choices)) {
        if (Array.isArray(choice)) valuesOf(choice as CompiledMessage, found)
      }
    }
  }
  return found
}
