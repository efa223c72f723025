// Writes `.node-checksums`, the SHA-256 of the Node of each platform package, for the launcher.
// Run it after changing the version: ./okite run scripts/checksums.ts
//
// Each package is fetched by npm and its tarball compared with the hash in package-lock.json; then
// the program inside is hashed. Compare the result by hand with SHASUMS256.txt of nodejs.org: the
// packages are made by volunteers, not by the Node project.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const lock = JSON.parse(fs.readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, { version: string; integrity: string; optional?: boolean }>
}
/** The biggest Node is 110 MB today. */
const programBytesMax = 400 * 1024 * 1024

const folder = process.argv[2] ?? fs.mkdtempSync(join(tmpdir(), 'okite-checksums-'))
const lines: string[] = []
for (const [path, entry] of Object.entries(lock.packages)) {
  const name = /^node_modules\/(node-(?:bin-)?(?:linux|darwin|win)-(?:x64|arm64))$/.exec(path)?.[1]
  if (name === undefined) continue
  const tarball = join(folder, `${name}-${entry.version}.tgz`)
  if (!fs.existsSync(tarball)) {
    const args = ['pack', '--silent', '--pack-destination', folder, `${name}@${entry.version}`]
    execFileSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'] })
  }
  const found = `sha512-${createHash('sha512').update(fs.readFileSync(tarball)).digest('base64')}`
  if (found !== entry.integrity) throw new Error(`${name}: npm's tarball is not the locked one`)
  const program = name.startsWith('node-win') ? 'bin/node.exe' : 'bin/node'
  const bytes = execFileSync('tar', ['-xOzf', tarball, `package/${program}`], {
    maxBuffer: programBytesMax,
  })
  lines.push(`${createHash('sha256').update(bytes).digest('hex')}  ${name}/${program}`)
}
fs.writeFileSync(join(root, '.node-checksums'), `${lines.join('\n')}\n`)
if (process.argv[2] === undefined) fs.rmSync(folder, { recursive: true, force: true })
