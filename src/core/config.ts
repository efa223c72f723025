import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { OkiteError } from './error.ts'
import { proxyHeaders } from './http/forwarded.ts'
import type { Module } from './module.ts'
import { complaintsOf, kindOf, type SettingsComplaint } from './settings-complaint.ts'

/** Where a value came from; a later origin wins over an earlier one. */
export type Origin = 'default' | 'file' | 'environment' | 'command line'

export type Config = Readonly<{
  values: CoreSettings
  /** Settings of each module that declares some, by module id. */
  modules: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Every value with its origin, secrets hidden: what `./okite config` prints. */
  shown: readonly Readonly<{ name: string; value: string; origin: Origin }>[]
}>

/** A folder below `policy/`. */
export const packName = /^[a-z][a-z0-9-]{0,40}$/

const coreSettings = z.strictObject({
  /** TCP port on loopback; 0 takes a free one. */
  port: z.int().min(0).max(65_535).default(8420),
  language: z.enum(['ja', 'zh-TW', 'en']).default('ja'),
  /** Folder below `policy/` that is adopted at first start. */
  policy: z.string().regex(packName).default('weemed'),
  /** A PostgreSQL server of the organisation's own; without it the embedded one is used. */
  databaseUrl: z.string().max(2_000).optional(),
  /** Folder of files of leaked passwords, by the first five letters of their SHA-1. */
  breachFile: z.string().min(1).max(1_000).optional(),
  /** The mail server, `smtps://` or `smtp://` with STARTTLS; without it notices are links to copy. */
  smtpUrl: z.string().max(2_000).optional(),
  mailFrom: z.string().max(320).optional(),
  /** A file of further roots of trust (PEM), where the mail server has a certificate of one's own. */
  smtpCaFile: z.string().max(4_096).optional(),
  /** Where people reach this program: for links, and with TLS or behind a proxy the only origin. */
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .optional(),
  /** An address, with or without a port; without it loopback. */
  listen: z.string().min(1).max(80).optional(),
  /** PEM: the certificate of the host of `publicUrl`, with its chain, and its key. */
  tlsCertificateFile: z.string().min(1).max(4_096).optional(),
  tlsKeyFile: z.string().min(1).max(4_096).optional(),
  /** Addresses and CIDR blocks whose word about clients is taken. */
  trustedProxies: z.array(z.string().min(1).max(50)).min(1).max(32).optional(),
  /** Which fields they set; the others are not read. */
  proxyHeader: z.enum(proxyHeaders).default('x-forwarded'),
  /** The list is checked by itself every so many days; 0: only when somebody asks for it. */
  checkDays: z.int().min(0).max(28).default(7),
  /** From this time of day in the organisation's zone: the quiet of the night. */
  checkTime: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .default('03:30'),
})

export type CoreSettings = z.infer<typeof coreSettings>

/** Names whose values are never printed: of core, and whatever a module calls by such a name. */
const secret = /url$|secret|password|passphrase|token|credential|key/i

/** Variables that the launcher, the tests and the build read; they are no settings. */
const otherVariables = new Set(['OKITE_HOME', 'OKITE_DATA', 'OKITE_CACHE', 'OKITE_WEB_OUT'])

const variables: Readonly<Record<string, keyof CoreSettings>> = {
  OKITE_PORT: 'port',
  OKITE_LANG: 'language',
  OKITE_POLICY: 'policy',
  OKITE_DATABASE_URL: 'databaseUrl',
}

/** 256 KiB: a configuration file larger than this is no configuration. */
const fileBytesMax = 262_144

/**
 * Reads `okite.yaml` of the data folder, the environment and the command line. Unknown keys, at any
 * place, refuse the start: a misspelt limit must not silently be the default.
 *
 * @throws OkiteError `CONFIG_INVALID` with every complaint at once
 */
export function readConfig(options: {
  dataDir: string | null
  environment: Readonly<Record<string, string | undefined>>
  flags: Readonly<Record<string, string>>
  modules: readonly Module[]
}): Config {
  const complaints: SettingsComplaint[] = []
  const file = options.dataDir === null ? {} : readFile(join(options.dataDir, 'okite.yaml'))
  // Without a prototype: a key may be called `__proto__`, and is as unknown as any other.
  const raw: Record<string, unknown> = Object.create(null)
  const origins = new Map<string, Origin>()
  const take = (name: string, value: unknown, origin: Origin) => {
    raw[name] = value
    origins.set(name, origin)
  }
  const sections = new Map<string, unknown>()
  const moduleIds = new Set(options.modules.filter(m => m.settings).map(m => m.id))
  for (const [name, value] of Object.entries(file)) {
    if (moduleIds.has(name)) sections.set(name, value)
    else take(name, value, 'file')
  }
  for (const [variable, value] of Object.entries(options.environment)) {
    if (!variable.startsWith('OKITE_') || value === undefined || otherVariables.has(variable))
      continue
    const name = Object.hasOwn(variables, variable) ? variables[variable] : undefined
    if (name === undefined)
      complaints.push({ code: 'unknown', place: 'environment', key: variable })
    else take(name, scalar(name, value), 'environment')
  }
  for (const [name, value] of Object.entries(options.flags)) {
    take(name, scalar(name, value), 'command line')
  }
  const values = check(coreSettings, raw, complaints, name => asked(name, origins.get(name)))
  const modules: Record<string, Record<string, unknown>> = {}
  const shown = Object.keys(coreSettings.shape).map(name => ({
    name,
    value: show(name, (values as Record<string, unknown> | null)?.[name]),
    origin: origins.get(name) ?? ('default' as const),
  }))
  for (const module of options.modules) {
    if (!module.settings) continue
    const given = sections.get(module.id) ?? {}
    const settings =
      check(module.settings, given, complaints, name => ({
        place: 'file',
        key: name === '' ? module.id : `${module.id}.${name}`,
      })) ?? {}
    modules[module.id] = settings as Record<string, unknown>
    for (const [name, value] of Object.entries(settings)) {
      const fromFile = typeof given === 'object' && given !== null && Object.hasOwn(given, name)
      shown.push({
        name: `${module.id}.${name}`,
        value: show(name, value),
        origin: fromFile ? 'file' : 'default',
      })
    }
  }
  if (complaints.length > 0 || values === null)
    throw new OkiteError('CONFIG_INVALID', { complaints })
  return { values, modules, shown }
}

function readFile(path: string): Record<string, unknown> {
  const refused = (code: SettingsComplaint['code'], more: Record<string, string | number> = {}) =>
    new OkiteError('CONFIG_INVALID', { complaints: [{ code, place: 'file', key: '', ...more }] })
  let text: string
  try {
    if (statSync(path).size > fileBytesMax) throw refused('large', { expected: fileBytesMax })
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof OkiteError) throw error
    const { code } = error as NodeJS.ErrnoException
    // No file: every value is the default, the environment's or the command line's. What stands in
    // the place of the folder is for whoever opens it to say.
    if (code === 'ENOENT' || code === 'ENOTDIR') return {}
    throw refused('unreadable', { got: code ?? 'unknown' })
  }
  const document = parseDocument(text, {
    uniqueKeys: true,
    merge: false,
    // A message with a piece of the file in it could show a secret.
    prettyErrors: false,
  })
  const problem = document.errors[0] ?? document.warnings[0]
  if (problem) {
    const line = text.slice(0, problem.pos[0]).split('\n').length
    throw refused('syntax', { line, got: problem.code })
  }
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: 0 })
  } catch {
    throw refused('alias')
  }
  if (value === null || value === undefined) return {}
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw refused('mapping', { got: kindOf(value) })
  }
  return value as Record<string, unknown>
}

function check<T extends z.ZodObject>(
  schema: T,
  value: unknown,
  complaints: SettingsComplaint[],
  where: Parameters<typeof complaintsOf>[2],
): z.infer<T> | null {
  const result = schema.strict().safeParse(value)
  if (result.success) return result.data as z.infer<T>
  complaints.push(...complaintsOf(result.error.issues, value, where))
  return null
}

/** Where a person wrote it, and under which name. */
function asked(name: string, origin: Origin | undefined) {
  if (origin === 'command line') return { place: 'command', key: `--${name}` } as const
  if (origin !== 'environment') return { place: 'file', key: name } as const
  const variable = Object.entries(variables).find(([, setting]) => setting === name)
  return { place: 'environment', key: variable?.[0] ?? name } as const
}

/** Of a rehearsal: nothing that reaches out of this machine, and no database but its own. */
export const secluded = (config: Config): Config => {
  const { language, policy } = config.values
  return { ...config, values: coreSettings.parse({ port: 0, language, policy }) }
}

/** Variables and flags are text; a number setting takes digits and nothing else. */
const scalar = (name: string, value: string): unknown =>
  name === 'port' && /^\d{1,5}$/.test(value) ? Number(value) : value

const show = (name: string, value: unknown): string =>
  value === undefined ? '' : secret.test(name) ? '(hidden)' : JSON.stringify(value)
