import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as accountFacts from '../account/facts.ts'
import { corePermissions } from '../account/roles.ts'
import type { Control } from '../control/kind.ts'
import { OkiteError } from '../error.ts'
import type { FactType } from '../fact.ts'
import * as coreFacts from '../facts.ts'
import { publicPermission, sessionPermission } from '../http/permission.ts'
import type { Judge } from '../judge.ts'
import type { Module } from '../module.ts'
import { stratify } from './strata.ts'

/** The six functions of NIST CSF 2.0: a module is placed by whose question it answers. */
export const functions = ['govern', 'identify', 'protect', 'detect', 'respond', 'recover'] as const

/** All that the program is made of, found and checked. Core knows no module by name. */
export type Modules = Readonly<{
  modules: readonly Module[]
  controls: readonly Control[]
  types: ReadonlyMap<string, FactType>
  /** Lower strata first, then by id: the order in which a fact is stepped (V3). */
  judges: readonly Judge[]
}>

/**
 * Finds every folder `<function>/<name>` below `root` that has a `module.ts`, imports it and checks
 * all declarations together.
 *
 * @throws OkiteError `MODULES_INVALID` with every complaint at once
 */
export async function discoverModules(
  root: string,
  extraJudges: readonly Judge[] = [],
): Promise<Modules> {
  const complaints: string[] = []
  const modules: Module[] = []
  for (const folder of moduleFolders(root)) {
    const id = folder.replace('/', '.')
    try {
      const loaded = (await import(pathToFileURL(join(root, folder, 'module.ts')).href)) as {
        default?: Module
      }
      if (loaded.default?.id !== id) {
        complaints.push(
          `${folder}/module.ts: its default export must be defineModule({ id: '${id}' })`,
        )
      } else {
        modules.push(loaded.default)
      }
    } catch (error) {
      complaints.push(
        `${folder}/module.ts: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }
  const assembled = assembleModules(modules, complaints, extraJudges)
  if (complaints.length > 0) throw new OkiteError('MODULES_INVALID', { complaints })
  return assembled
}

/** Checks declarations against each other; adds to `complaints` what is wrong. */
export function assembleModules(
  modules: readonly Module[],
  complaints: string[],
  extraJudges: readonly Judge[] = [],
): Modules {
  const types = new Map<string, FactType>()
  for (const type of [...Object.values(coreFacts), ...Object.values(accountFacts)]) {
    if (isFactType(type)) types.set(type.name, type)
  }
  const judges: Judge[] = [...extraJudges]
  const declared = modules.flatMap(module => module.controls ?? [])
  // A roll-up that chooses its controls by a rule learns which they are once all are known.
  const controls = declared.map(control => control.resolve?.(declared) ?? control)
  const taken = new Map<string, string>()
  const claim = (what: string, name: string, owner: string) => {
    const key = `${what} ${name}`
    const before = taken.get(key)
    if (before !== undefined) complaints.push(`${owner}: ${key} is already declared by ${before}`)
    taken.set(key, owner)
  }
  for (const module of modules) {
    for (const type of module.facts ?? []) {
      claim('fact type', type.name, module.id)
      if (types.get(type.name)?.module === 'core') {
        complaints.push(`${module.id}: fact type ${type.name} belongs to core`)
      }
      if (type.module !== module.id) {
        complaints.push(
          `${module.id}: fact type ${type.name} says it belongs to ${type.module} (M1)`,
        )
      }
      types.set(type.name, type)
    }
    for (const judge of [...(module.judges ?? []), ...controlsOf(module, controls)]) {
      claim('judge', judge.id, module.id)
      judges.push(judge)
      if (!judge.id.startsWith(`${module.id}.`)) {
        complaints.push(`${module.id}: judge ${judge.id} must be named ${module.id}.…`)
      }
    }
    for (const table of module.tables ?? []) {
      claim('table', table.name, module.id)
      if (!/^[a-z][a-z0-9_]{0,40}$/.test(table.name)) {
        complaints.push(`${module.id}: table ${table.name} must be lower case with underscores`)
      }
    }
    for (const route of module.routes ?? []) {
      claim('route', `${route.method} ${route.path}`, module.id)
      if (!route.permission) {
        complaints.push(`${module.id}: route ${route.method} ${route.path} has no permission (M15)`)
      }
    }
    for (const command of module.commands ?? []) claim('command', command.name, module.id)
    for (const act of module.acts ?? []) claim('act', act.name, module.id)
    for (const collector of module.collectors ?? []) {
      claim('collector', collector.name, module.id)
      if (!(collector.sizeBytesMax > 0) || !(collector.perMinuteMax > 0)) {
        complaints.push(`${module.id}: collector ${collector.name} has no size or rate limit (M10)`)
      }
    }
  }
  checkPermissions(modules, complaints)
  checkFlow(judges, types, complaints)
  return { modules, types, controls, judges: stratify(judges, complaints) }
}

/**
 * Every permission is declared once, with its roles; what asks for one that nobody has would be shut for
 * ever, and one that two declare would be as wide as both. Whoever only reads is given nothing that
 * changes anything (M15).
 */
function checkPermissions(modules: readonly Module[], complaints: string[]): void {
  const owners = new Map(Object.keys(corePermissions).map(name => [name, 'core']))
  for (const module of modules) {
    for (const name of Object.keys(module.permissions ?? {})) {
      const before = owners.get(name)
      if (before !== undefined) {
        complaints.push(`${module.id}: permission ${name} is already declared by ${before} (M15)`)
      }
      owners.set(name, module.id)
    }
  }
  const held = new Map(modules.flatMap(module => Object.entries(module.permissions ?? {})))
  for (const module of modules) {
    for (const { method, path, permission, reads } of module.routes ?? []) {
      if (!permission || permission === publicPermission || permission === sessionPermission)
        continue
      if (!owners.has(permission)) {
        complaints.push(`${module.id}: nobody declares who has the permission ${permission} (M15)`)
      }
      if (method === 'post' && !reads && held.get(permission)?.includes('auditor')) {
        complaints.push(`${module.id}: ${path} changes things, and ${permission} has the auditor`)
      }
    }
  }
  for (const has of ['directory', 'officeHolders'] as const) {
    if (modules.filter(module => module[has]).length > 1) {
      complaints.push(`more than one module says that it has the register of people (${has})`)
    }
  }
}

const controlsOf = (module: Module, controls: readonly Control[]): Judge[] => {
  const ids = new Set((module.controls ?? []).map(control => control.id))
  return controls.filter(control => ids.has(control.id)).map(control => control.judge)
}

function checkFlow(
  judges: readonly Judge[],
  types: ReadonlyMap<string, FactType>,
  complaints: string[],
): void {
  for (const judge of judges) {
    for (const type of [...judge.from, ...judge.makes]) {
      if (types.get(type.name) !== type) {
        complaints.push(`${judge.id}: fact type ${type.name} is declared by no module`)
      }
    }
    for (const type of judge.makes) {
      const own = judge.id.startsWith(`${type.module}.`) || type.module === 'core' || type.open
      if (!own) complaints.push(`${judge.id}: may not make ${type.name} of ${type.module} (M1)`)
    }
  }
}

/** `<function>/<name>`, in the order of their names, so that no order comes from the disk. */
export function moduleFolders(root: string): string[] {
  const folders: string[] = []
  for (const name of functions) {
    for (const folder of children(join(root, name))) {
      if (children(join(root, name, folder), 'files').includes('module.ts')) {
        folders.push(`${name}/${folder}`)
      }
    }
  }
  return folders
}

function children(folder: string, kind: 'folders' | 'files' = 'folders'): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(entry => (kind === 'folders' ? entry.isDirectory() : entry.isFile()))
      .map(entry => entry.name)
      .sort()
  } catch {
    // A function without modules has no folder.
    return []
  }
}

const isFactType = (value: unknown): value is FactType =>
  typeof value === 'object' && value !== null && 'schema' in value && 'keys' in value
