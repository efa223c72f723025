import { formatDuration } from '../i18n/time.ts'
import type { Arg, Finding } from '../policy/lint/finding.ts'
import type { Say } from './words.ts'

/** Findings of the policy linter in words, the same in the terminal and on the policy page. */

/** What a policy says wrongly or unclearly. */
export const ruleText = ({ rule, args }: Finding, say: Say): string =>
  say(`cli.lint.rule.${rule}`, inWords(args, say))

/** How it is read until somebody decides. */
export const readingText = ({ reading, args }: Finding, say: Say): string =>
  say(`cli.lint.reading.${reading}`, inWords(args, say))

const inWords = (args: Finding['args'], say: Say): Record<string, string | number> =>
  Object.fromEntries(Object.entries(args).map(([name, arg]) => [name, inWord(arg, name, say)]))

/** Durations and known words are translated; a list is joined; an object is said by its own message. */
function inWord(arg: Arg, name: string, say: Say): string | number {
  const { locale } = say
  if (typeof arg === 'number') return arg
  if (typeof arg === 'string') {
    if (arg === 'PT0S') return say('cli.lint.immediately')
    const word = [`cli.lint.word.${arg}`, `kind.${arg}`].find(id => say.has(id))
    return word === undefined ? formatDuration(locale, arg) : say(word)
  }
  if (isList(arg)) {
    const isSentences = arg.some(one => typeof one === 'object' && !(locale in one))
    const between = say(isSentences ? 'cli.lint.semicolon' : 'cli.lint.comma')
    return arg.map(one => inWord(one, name, say)).join(between)
  }
  if (locale in arg) return inWord((arg as Record<string, Arg>)[locale] ?? '', name, say)
  return say(`cli.lint.item.${name}`, inWords(arg as Record<string, Arg>, say))
}

/** `Array.isArray` does not narrow what is readonly. */
const isList = (arg: Arg): arg is readonly Arg[] => Array.isArray(arg)
