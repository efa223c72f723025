import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { OkiteError } from '../error.ts'
import type { Call } from './call.ts'
import { functions } from './discover.ts'

/** `./okite module new FUNCTION/NAME`: copies the folder template and edits nothing else. */
export async function runModuleNew(args: readonly string[], call: Call): Promise<number> {
  const [verb, path, ...more] = args
  if (verb !== 'new' || path === undefined || more.length > 0) {
    throw new OkiteError('ARGUMENT_INVALID', { argument: 'module new FUNCTION/NAME' })
  }
  const folder = makeModule(call.source, path)
  call.out(`${call.say('cli.module.made', { folder })}\n${call.say('cli.module.next')}\n`)
  return 0
}

/**
 * Makes `src/<function>/<name>` from the template, whole or not at all.
 *
 * @param path `<function>/<name>`, the function one of the six of NIST CSF 2.0
 * @throws OkiteError `ARGUMENT_INVALID`, `MODULE_EXISTS`
 */
export function makeModule(source: string, path: string): string {
  const [name, own] = /^([a-z]+)\/([a-z][a-z0-9-]{1,40})$/.exec(path)?.slice(1) ?? []
  if (own === undefined || !functions.some(f => f === name)) {
    throw new OkiteError('ARGUMENT_INVALID', { argument: path.slice(0, 80), functions })
  }
  const folder = join(source, `${name}`, own)
  if (existsSync(folder)) throw new OkiteError('MODULE_EXISTS', { path })
  const template = join(import.meta.dirname, '..', 'template')
  const making = join(source, `${name}`, `.${own}.new`)
  rmSync(making, { recursive: true, force: true })
  for (const entry of readdirSync(template, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.txt')) continue
    const from = join(entry.parentPath, entry.name)
    const to = join(making, from.slice(template.length + 1).replace(/\.txt$/, ''))
    mkdirSync(dirname(to), { recursive: true })
    const text = readFileSync(from, 'utf8')
      .replaceAll('__id__', `${name}.${own}`)
      .replaceAll('__name___', `${own.replaceAll('-', '_')}_`)
      .replaceAll('__name__', own)
    writeFileSync(to, text)
  }
  renameSync(making, folder)
  return folder
}
