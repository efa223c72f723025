/** Colours a text by what it is; a plain painter leaves it as it is. */
export type Paint = Readonly<{
  level(level: string | null, text: string): string
  dim(text: string): string
  strong(text: string): string
}>

const escape = (codes: string, text: string): string => `\u001b[${codes}m${text}\u001b[0m`

/** SGR codes by level: the worse, the louder. All are of the sixteen that every terminal has. */
const levelCodes: Readonly<Record<string, string>> = {
  critical: '1;97;41',
  high: '1;31',
  medium: '33',
  low: '36',
  informational: '2',
}

export const coloured: Paint = {
  level: (level, text) => {
    const codes = level === null ? '2' : levelCodes[level]
    return codes === undefined ? text : escape(codes, text)
  },
  dim: text => escape('2', text),
  strong: text => escape('1', text),
}

export const plain: Paint = {
  level: (_, text) => text,
  dim: text => text,
  strong: text => text,
}
