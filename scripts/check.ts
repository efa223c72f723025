// `npm run check`: everything about the sources that a machine can judge without running them.
// All parts run at once; what a failing part said comes first, then one table.
import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const bin = (name: string) => join(root, 'node_modules', '.bin', name)
const node = process.execPath
const env = { ...process.env, NO_COLOR: '1' }

/** The import rules and the list of rules without a test are tests: `./okite test test/`. */
const parts: readonly Readonly<{ name: string; command: readonly string[] }>[] = [
  { name: 'types', command: [bin('tsc'), '--project', '.'] },
  { name: 'lint', command: [bin('oxlint'), '--type-aware', '--quiet'] },
  { name: 'format', command: [bin('biome'), 'format', '--colors=off'] },
  { name: 'unused code', command: [node, bin('knip'), '--no-progress', '--no-config-hints'] },
  { name: 'sizes', command: [node, join(root, 'scripts', 'sizes.ts')] },
]

type Outcome = Readonly<{ name: string; passed: boolean; seconds: string; said: string }>

function run(part: (typeof parts)[number]): Promise<Outcome> {
  const [program = '', ...args] = part.command
  const begun = performance.now()
  return new Promise(resolve => {
    const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (said += text))
    }
    const end = (passed: boolean) => {
      const seconds = ((performance.now() - begun) / 1000).toFixed(1)
      resolve({ name: part.name, passed, seconds, said: said.trim() })
    }
    child.on('error', error => {
      said += error.message
      end(false)
    })
    child.on('close', code => end(code === 0))
  })
}

const outcomes = await Promise.all(parts.map(run))
for (const { name, passed, said } of outcomes) {
  if (!passed || name === 'sizes') process.stdout.write(`--- ${name}\n${said}\n\n`)
}
for (const { name, passed, seconds } of outcomes) {
  process.stdout.write(
    `${passed ? 'ok    ' : 'FAILED'}  ${name.padEnd(12)} ${seconds.padStart(5)} s\n`,
  )
}
const failed = outcomes.filter(outcome => !outcome.passed).length
process.stdout.write(failed ? `${failed} of ${outcomes.length} failed\n` : 'all is well\n')
process.exitCode = failed ? 1 : 0
