import type { Random } from './random.ts'

/** What stands between bars. */
const cut = (...rows: readonly string[]): string[] => rows.flatMap(row => row.split('¦'))

/** What has a meaning of its own in YAML, or is not what it looks like. */
const odd = cut(
  ': ¦:¦ :¦ #¦#¦# ¦- ¦-¦? ¦?¦---¦--- ¦...¦... ¦%YAML 1.2¦%',
  '\'¦\'\'¦"¦""¦\\¦\\"¦\\n¦\\x41¦\\u00e9¦\\ud83d¦\\U0001F600¦\\q¦\\\\¦\\0¦\\e¦\\_',
  '|¦>¦|-¦>-¦|+¦>+¦|2¦>1¦|-+¦[]¦{}¦[¦]¦{¦}¦[a, b]¦{a: b}¦,',
  '&x¦&x ¦*x¦!t¦!!str ¦! ¦@¦`¦=¦<<¦<<: ¦~¦null¦true¦False¦12¦012¦0x1¦1.5¦-1e3¦+¦-.',
  ' ¦  ¦\t¦\r¦\r\n¦\n¦\n\n¦\n  ¦\n    ¦\n\t¦\n - ¦\n- ¦\n# c\n¦\n   # c\n',
  '\u2028¦\u2029¦\u0085¦\u00a0¦\ufeff¦\0¦\u0002¦\u0007¦\u0018¦\u001f¦\u007f¦é¦日¦😀¦\ud83d¦a¦__proto__',
)
const words = cut(
  "a¦b¦c¦ab¦a b¦a|contains¦http://x/y#z¦a:b¦it's¦x-y¦5¦*.exe¦(a or b)¦\\path\\*¦a#b¦é¦a\u2028b",
)
const inSingle = cut("''¦ a ¦# a¦a: b¦\\")
const inDouble = cut('\\\\¦a\\"b¦\\u0041¦ # ¦a: b¦\\ ')
const short = cut('[]¦{}¦~¦null¦true¦12¦-1¦1.50¦012¦[ ]¦[a]')
const keys = cut("a¦b¦c¦d¦e¦key¦a b¦a|all¦'q'¦\"q\"¦'it''s'¦1¦~¦true¦-x¦\"a\\tb\"")
const comments = cut('# c¦#¦#c¦#  - a: b')
const headers = cut('|¦>¦|-¦>-¦|+¦>+')
const oddHeaders = cut('| ¦>  ¦|2¦| # c')

/** Sources nearly as rules are written, some with a few things that make them something else. */
export function randomYaml(random: Random): string {
  const documents = random.many(1, random.chance(0.15) ? 3 : 1, () => {
    const start = random.chance(0.15)
      ? random.pick(['---\n', '--- # c\n', '---  \n', '\n---\n', '# c\n---\n', '--- a\n'])
      : ''
    const indent = random.chance(0.1) ? random.below(4) : 0
    return start + node(random, indent, 0)
  })
  let source = documents.join(random.pick(['---\n', '---\n', '\n---\n', '']))
  if (random.chance(0.5))
    for (let left = 1 + random.below(3); left > 0; left--) source = changed(random, source)
  if (random.chance(0.1)) source = source.replaceAll('\n', '\r\n')
  if (random.chance(0.05)) source = `\ufeff${source}`
  return random.chance(0.3) ? source.trimEnd() : source
}

function node(random: Random, indent: number, depth: number): string {
  return random.chance(0.3) ? list(random, indent, depth) : map(random, indent, depth)
}

const margin = (random: Random, indent: number): string => {
  const extra = random.chance(0.04) ? random.pick([1, -1, 2]) : 0
  return ' '.repeat(Math.max(0, indent + extra))
}

function map(random: Random, indent: number, depth: number): string {
  const start = random.below(keys.length)
  return random
    .many(1, 4, () => 0)
    .map((_, index) => {
      // Now and then a key is there twice.
      const key = keys[(start + (random.chance(0.03) ? 0 : index)) % keys.length]
      const before = between(random, indent)
      return `${before}${margin(random, indent)}${key}${random.chance(0.02) ? ' ' : ''}:${value(random, indent, depth)}`
    })
    .join('')
}

function list(random: Random, indent: number, depth: number): string {
  return random
    .many(1, 4, () => {
      const dash = `${between(random, indent)}${margin(random, indent)}-`
      const blanks = random.chance(0.1) ? random.pick(['  ', '   ']) : ' '
      if (random.chance(0.35) && depth < 4) {
        const inside = node(random, indent + 1 + blanks.length, depth + 1)
        return `${dash}${blanks}${inside.trimStart()}`
      }
      return `${dash}${value(random, indent, depth)}`
    })
    .join('')
}

/** Blank lines and comments. */
function between(random: Random, indent: number): string {
  if (!random.chance(0.15)) return ''
  return random
    .many(1, 2, () =>
      random.chance(0.5)
        ? `${' '.repeat(random.below(5))}`
        : `${' '.repeat(random.chance(0.6) ? indent : random.below(7))}${random.pick(comments)}`,
    )
    .map(line => `${line}\n`)
    .join('')
}

/** What is behind a colon or a dash, and the end of the line. */
function value(random: Random, indent: number, depth: number): string {
  const end = `${random.chance(0.1) ? random.pick([' ', '  ', ' # c', '  #c', ' #']) : ''}\n`
  switch (random.below(depth > 3 ? 8 : 12)) {
    case 0:
      return end
    case 1:
      return ` '${random.pick([...words, ...inSingle])}'${end}`
    case 2:
      return ` "${random.pick([...words.filter(word => !word.includes('\\')), ...inDouble])}"${end}`
    case 3:
      return block(random, indent)
    case 4:
      return ` ${random.pick(words)}\n${random.many(0, 3, () => `${' '.repeat(indent + 1 + random.below(4))}${random.pick(words)}${random.chance(0.2) ? '\n' : ''}\n`).join('')}`
    case 5:
      return ` ${random.pick(short)}${end}`
    case 6:
    case 7:
      return ` ${random.pick(words)}${end}`
    case 8:
      return `\n${' '.repeat(indent + 2)}${random.pick([...words, "'a'", '"a"', '|', '[]'])}${end}`
    default: {
      const deeper = indent + (random.chance(0.8) ? 2 : random.below(4))
      return `${end}${node(random, deeper, depth + 1)}`
    }
  }
}

function block(random: Random, indent: number): string {
  const inside = indent + 1 + random.below(4)
  const lines = random.many(1, 5, () => {
    if (random.chance(0.25)) return random.chance(0.7) ? '' : ' '.repeat(random.below(8))
    const more = random.chance(0.15) ? random.below(3) : 0
    return `${' '.repeat(inside + more)}${random.pick([...words, ...comments, '- a', 'a: b', '---', 'a  '])}`
  })
  return ` ${random.chance(0.8) ? random.pick(headers) : random.pick(oddHeaders)}\n${lines.map(line => `${line}\n`).join('')}`
}

function changed(random: Random, source: string): string {
  const at = random.below(source.length + 1)
  const lines = source.split('\n')
  const line = random.below(lines.length)
  switch (random.below(7)) {
    case 0:
    case 1:
    case 2:
      return source.slice(0, at) + random.pick(odd) + source.slice(at)
    case 3:
      return source.slice(0, at) + source.slice(at + 1 + random.below(3))
    case 4:
      return lines.toSpliced(line, 0, lines[random.below(lines.length)] as string).join('\n')
    case 5:
      return lines
        .with(line, ' '.repeat(random.below(5)) + (lines[line] as string).trimStart())
        .join('\n')
    default:
      return lines.toSpliced(line, 1).join('\n')
  }
}
