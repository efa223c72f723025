import { lstatSync } from 'node:fs'
import { basename, join } from 'node:path'
import { refuse } from './complaint.ts'
import { entriesOf, readFolder } from './folder.ts'
import type { Framework, Frameworks, Pack } from './pack.ts'
import { packFileName, readPack } from './read.ts'
import { frameworkFile, shape } from './schema.ts'
import { readYaml } from './yaml.ts'

/**
 * Reads and checks the policy pack in `folder`: `pack.yaml`, one YAML file per section, and at most
 * a `README.md`. Links are not followed and nothing outside the folder is opened.
 *
 * @throws OkiteError `POLICY_NOT_FOUND` when there is no such folder; `POLICY_INVALID` or
 * `POLICY_PARAMS_CONFLICT` with every complaint, each naming file, line and place
 */
export function loadPack(folder: string, options: { frameworks?: Frameworks } = {}): Pack {
  const { files, complaints } = readFolder(folder)
  return readPack(basename(folder), files, options.frameworks ?? null, complaints)
}

/**
 * The folders directly below `folder` that hold a pack, sorted. Links are passed over.
 *
 * @throws OkiteError `POLICY_NOT_FOUND`
 */
export function findPacks(folder: string): readonly string[] {
  return entriesOf(folder)
    .filter(entry => entry.kind === 'folder')
    .map(entry => join(folder, entry.name))
    .filter(inside => isRegularFile(join(inside, packFileName)))
    .sort()
}

/**
 * The labels of the frameworks in `folder`, one YAML file each.
 *
 * @throws OkiteError `POLICY_NOT_FOUND`, `POLICY_INVALID`
 */
export function loadFrameworks(folder: string): Frameworks {
  const { files, complaints } = readFolder(folder)
  const frameworks = new Map<string, Framework>()
  for (const [name, bytes] of files) {
    const read = readYaml(name, bytes)
    complaints.push(...read.complaints)
    const value = shape(frameworkFile, read, complaint => complaints.push(complaint))
    if (value === undefined) continue
    if (frameworks.has(value.id))
      complaints.push(read.complain(['id'], `stands twice: ${value.id}`))
    const labels = new Map(Object.entries(value.labels))
    frameworks.set(value.id, Object.freeze({ id: value.id, name: value.name, labels }))
  }
  refuse(basename(folder), complaints)
  return frameworks
}

const isRegularFile = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false
