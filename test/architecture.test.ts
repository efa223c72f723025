import assert from 'node:assert/strict'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { it } from 'node:test'
import { parseSync } from 'vite'
import { listSources, visit } from '../scripts/sizes.ts'
import { complaints, readTree } from './architecture.ts'

const root = resolve(import.meta.dirname, '..')

it('M4 M5 M6 M14 M17 the project keeps its own import rules', () => {
  const tree = readTree(root)
  assert.ok(tree.files.size > 20, 'the tree was read')
  assert.deepEqual(complaints(tree), [])
})

/** Writes files below a folder that vanishes with the test. */
function makeTree(test: { after(hook: () => void): void }, files: Record<string, string>): string {
  const folder = fs.mkdtempSync(join(tmpdir(), 'okite-tree-'))
  test.after(() => fs.rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(dirname(join(folder, name)), { recursive: true })
    fs.writeFileSync(join(folder, name), text)
  }
  return folder
}

const good = {
  'src/core/fact.ts': `export const a = 1\n`,
  'src/core/run.ts': `import { a } from './fact.ts'\nexport const b = a\n`,
  'src/protect/door/module.ts': `import { a } from '../../core/fact.ts'\nimport './judge.ts'\nexport default a\n`,
  'src/protect/door/facts.ts': `import { z } from 'zod'\nimport { a } from '../../core/fact.ts'\nexport const f = z, g = a\n`,
  'src/protect/door/judge.ts': `import { f } from './facts.ts'\nexport const j = f\n`,
  'src/protect/door/screen.tsx': `import React from 'react'\nexport default React\n`,
  'src/detect/noise/module.ts': `import { f } from '../../protect/door/facts.ts'\nexport default f\n`,
  'src/detect/noise/facts.ts': `export {}\n`,
  'test/journey/day.test.ts': `'protect.door'\n`,
}

it('the import rules accept a tree that keeps them', test => {
  assert.deepEqual(complaints(readTree(makeTree(test, good))), [])
})

const bad: readonly (readonly [rule: string, files: Record<string, string>])[] = [
  [
    'M4 src/detect/noise/show.ts:2 imports src/protect/door/judge.ts; of others only core and facts.ts',
    {
      'src/detect/noise/show.ts': `// first\nimport { j } from '../../protect/door/judge.ts'\nexport { j }\n`,
    },
  ],
  [
    'M4 src/protect/door/judge.ts:1 a judge or control imports node:fs',
    {
      'src/protect/door/judge.ts': `import 'node:fs'\n`,
    },
  ],
  [
    'M4 src/protect/door/controls/shut.ts:1 a judge or control imports zod',
    {
      'src/protect/door/controls/shut.ts': `export { z } from 'zod'\n`,
    },
  ],
  [
    'M5 src/core/run.ts:1 imports src/protect/loose.ts; core imports core alone',
    {
      'src/core/run.ts': `export type T = import('../protect/loose.ts').T\n`,
    },
  ],
  [
    'M5 verify/check.ts:1 imports src/core/fact.ts; verify imports nothing of ours',
    {
      'verify/check.ts': `import type { a } from '../src/core/fact.ts'\n`,
    },
  ],
  [
    'M6 src/detect/noise/facts.ts:1 imports ../../protect/door/facts.ts; facts.ts imports core only',
    {
      'src/detect/noise/facts.ts': `import { f } from '../../protect/door/facts.ts'\nexport { f }\n`,
    },
  ],
  [
    'M6 src/core/two.ts:1 closes a cycle: src/core/one.ts → src/core/two.ts → src/core/one.ts',
    {
      'src/core/one.ts': `import './two.ts'\n`,
      'src/core/two.ts': `const later = () => import('./one.ts')\nexport { later }\n`,
    },
  ],
  [
    'M14 src/core/list.ts:2 mentions the module protect.door',
    {
      'src/core/list.ts': `\nexport const first = 'protect.door'\n`,
    },
  ],
  [
    'M14 web/list.ts:1 mentions the module detect/noise',
    {
      'web/list.ts': `// see src/detect/noise\n`,
    },
  ],
  [
    'M17 src/protect/door/judge.ts:1 is reached by module.ts and imports src/protect/door/screen.tsx',
    {
      'src/protect/door/judge.ts': `import './screen.tsx'\n`,
    },
  ],
  [
    'folder src/core/utils/text.ts:1 lies in a folder named utils, which says nothing',
    {
      'src/core/utils/text.ts': `export {}\n`,
    },
  ],
  [
    'size web/long.ts:701 has 701 lines; the limit is 700',
    {
      'web/long.ts': '// a line\n'.repeat(701),
    },
  ],
]

for (const [want, files] of bad) {
  it(`${want.split(' ')[0]} the import rules find: ${want}`, test => {
    assert.deepEqual(complaints(readTree(makeTree(test, { ...good, ...files }))), [want])
  })
}

it('M6 a cycle of types alone is none', test => {
  const files = {
    ...good,
    'src/core/one.ts': `import type { B } from './two.ts'\nexport type A = B\n`,
    'src/core/two.ts': `import type { A } from './one.ts'\nexport type B = A\n`,
  }
  assert.deepEqual(complaints(readTree(makeTree(test, files))), [])
})

/** The ids of the rules in a document: `**L1**`, `**V12a**`. */
const rulesOf = (text: string) =>
  [...text.matchAll(/\*\*([A-Z]{1,2}\d+[a-z]?)\*\*/g)].map(([, id]) => id ?? '')

/** The ids that the names of a file's tests begin with: `L7 …`, `M4 M5 …`, `V15, V16 …`. */
function idsOfTests(path: string): string[] {
  const found: string[] = []
  const add = (text: unknown) => {
    const head =
      typeof text === 'string' ? /^(?:[A-Z]{1,2}\d+[a-z]?[,:]? +)+/.exec(`${text} `) : null
    if (head) found.push(...head[0].split(/[,: ]+/).filter(Boolean))
  }
  visit(parseSync(path, fs.readFileSync(path, 'utf8')).program, node => {
    if (node.type === 'Literal') add(node['value'])
    if (node.type === 'TemplateElement') add((node['value'] as { cooked?: string }).cooked)
  })
  return found
}

it('every rule of docs/spec has a test that bears its id', test => {
  const folder = join(root, 'docs', 'spec')
  const specs = fs.existsSync(folder)
    ? fs.readdirSync(folder).filter(name => name.endsWith('.md'))
    : []
  if (specs.length === 0) return test.skip('there is no specification yet')
  const tested = new Set(
    ['src', 'web', 'test', 'sigma', 'verify']
      .flatMap(name => listSources(join(root, name)))
      .filter(path => /\.test\.tsx?$/.test(path))
      .flatMap(idsOfTests),
  )
  const without = specs.flatMap(name =>
    rulesOf(fs.readFileSync(join(folder, name), 'utf8'))
      .filter(id => !tested.has(id))
      .map(id => `${name} ${id}`),
  )
  assert.deepEqual(without, [])
})

it('the ids of rules and of tests are read as they are written', test => {
  assert.deepEqual(rulesOf('**L1** one\n- **V12a** two **not** **L2b**'), ['L1', 'V12a', 'L2b'])
  const text =
    "it('L1 a', f); it(`V2 V3 ${x}`, f); test('V4, M5: b', f); it('Lots', f); it('c L9', f)\n"
  const path = join(makeTree(test, { 'a.test.ts': text }), 'a.test.ts')
  assert.deepEqual(idsOfTests(path), ['L1', 'V2', 'V3', 'V4', 'M5'])
})
