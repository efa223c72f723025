import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

const project = join(import.meta.dirname, '..')

/** Commands of the README between `<!-- begin: name -->` and `<!-- end -->`. */
function commandsOf(name: string): string {
  const readme = readFileSync(join(project, 'README.md'), 'utf8')
  const block = new RegExp(
    `<!-- begin: ${name} -->\n\`\`\`sh\n([\\s\\S]*?)\`\`\`\n<!-- end -->`,
  ).exec(readme)
  assert(block?.[1] !== undefined, `README has no block ${name}`)
  return block[1]
}

/** In a network of its own no other listener of this machine is seen; that takes root or a user namespace. */
function ownNetwork(): readonly string[] | null {
  for (const words of [
    ['unshare', '--net'],
    ['unshare', '--net', '--map-root-user'],
  ]) {
    const tried = spawnSync(words[0] ?? '', [...words.slice(1), 'sh', '-c', 'ip link set lo up'])
    if (tried.status === 0) return words
  }
  return null
}

const network = ownNetwork()
const skip =
  spawnSync('openssl', ['version']).status !== 0
    ? 'openssl is not installed'
    : network === null
      ? 'no network namespace can be made here (unshare, ip)'
      : false

test('V10 V20 the ten minutes of the README: kept, then broken, then unknown, each explained and proved', {
  skip,
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'okite readme-'))
  mkdirSync(join(folder, 'bin'))
  symlinkSync(join(project, 'okite'), join(folder, 'bin', 'okite'))
  const mark = (name: string) => `echo "=== ${name}"\n`
  const script = [
    'set -m\nip link set lo up\n',
    commandsOf('endpoints'),
    commandsOf('start').replace('okite start &', 'okite start --port 0 > started 2>log &'),
    'for i in $(seq 120); do grep -q ^ready started && break; sleep 0.5; done\ncat started\n',
    ...['kept', 'broken', 'unknown', 'end'].flatMap(name => [mark(name), commandsOf(name)]),
    // By process: a shell gives the number of a job that ended to the next one, sooner or later.
    'kill $(jobs -p) 2>/dev/null\nwait\n',
  ].join('\n')
  try {
    const [program = '', ...args] = network ?? []
    const ran = spawnSync(program, [...args, 'bash', '-c', script], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 300_000,
      env: { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` },
    })
    const said = `${ran.stdout}\n${ran.stderr}`
    assert.equal(ran.error, undefined, said)
    const [start = '', kept = '', broken = '', unknown = '', end = ''] =
      ran.stdout.split(/^=== .*$/m)
    assert.match(start, /ready http:\/\/localhost:\d+\//, said)
    // With no facts, not one of the 159 is kept.
    // Of its own data it knows that there is no copy.
    assert.match(kept, /● kept 0 .*▲ broken 4 .*○ unknown 155/, said)
    assert.match(kept, /● kept .*\n/, said)
    assert.match(kept.slice(kept.indexOf('56')), /^● kept/m, said)
    assert.match(broken, /^▲ broken/m, said)
    assert.match(broken, /TLS 1\.2/, said)
    assert.match(unknown, /^○ unknown/m, said)
    assert.match(unknown, /9445/, said)
    for (const part of [kept, broken, unknown]) {
      const proved = part.match(/proof checked: position \d+ of \d+/g)?.length ?? 0
      assert.ok(proved >= 4, said)
      assert.doesNotMatch(part, /proof (fails|does not)/i, said)
    }
    assert.match(end, /^Everything agrees\.$/m, said)
    assert.match(end, /^Stopped\.$/m, said)
    assert.equal(end.match(/^● /gm)?.length, 5, said)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
