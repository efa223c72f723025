import type { Module } from '../module.ts'

/**
 * What people are to the program. The administrator manages accounts and settings, and reads no evidence
 * by that; the auditor reads, and changes nothing but his own credentials.
 */
export const roles = ['administrator', 'ciso', 'officer', 'member', 'auditor'] as const

export type RoleName = (typeof roles)[number]

export const isRole = (name: string): name is RoleName => roles.some(role => role === name)

/** Which roles have a permission; a module declares its own, core does no more than look them up. */
export type Permissions = Readonly<Record<string, readonly RoleName[]>>

/** What core itself lets people do. */
export const corePermissions: Permissions = {
  'account.manage': ['administrator'],
  'organisation.manage': ['administrator'],
}

/** The permissions of all modules, by name. Who declares what is checked at discovery. */
export function permissionTable(
  modules: readonly Pick<Module, 'permissions'>[],
): ReadonlyMap<string, ReadonlySet<RoleName>> {
  const declared = [corePermissions, ...modules.map(module => module.permissions ?? {})]
  return new Map(
    declared.flatMap(each => Object.entries(each)).map(([name, has]) => [name, new Set(has)]),
  )
}

/** Everything that one of these roles has. A role that is unknown has nothing. */
export function permissionsOf(
  held: readonly RoleName[],
  table: ReturnType<typeof permissionTable>,
): ReadonlySet<string> {
  const names = [...table].filter(([, has]) => held.some(role => has.has(role)))
  return new Set(names.map(([name]) => name))
}
