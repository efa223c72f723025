import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Pool } from 'pg'
import { packName, readConfig } from '../config.ts'
import { is } from '../control/match.ts'
import { OkiteError } from '../error.ts'
import type { Fact, Instant, Observation, Pos } from '../fact.ts'
import { policyAdopted } from '../facts.ts'
import { printable } from '../policy/complaint.ts'
import { readFolder } from '../policy/folder.ts'
import { loadFrameworks, loadPack } from '../policy/load.ts'
import type { Binding, Frameworks, Pack } from '../policy/pack.ts'
import { packFromCanonical, readPack } from '../policy/read.ts'
import { unbound } from './adoption.ts'
import type { Call } from './call.ts'
import { hasData } from './data-folder.ts'
import { discoverModules } from './discover.ts'
import { findOwn, readSteady } from './own-policies.ts'

/** Where packs lie: those that the program brings, and the organisation's own. */
export type PolicyPlaces = Readonly<{ project: string; dataDir: string }>

/** The folder of the packs that the program brings. */
const shippedFolder = (project: string): string => join(project, 'policy')

/**
 * A pack on disk, checked whole.
 *
 * @throws OkiteError `POLICY_NAME`, `POLICY_TWICE`, and what `loadPack` throws
 */
export function packOnDisk(places: PolicyPlaces, name: string): Pack {
  const { files, complaints } = readSteady(() => placeOf(places, name).folder, readFolder)
  return readPack(name, files, frameworksOf(places), complaints)
}

/** The pack in a folder, with the labels of the frameworks that the program brings. */
export const readPackFolder = (folder: string, project: string): Pack =>
  loadPack(folder, { frameworks: frameworksOf({ project }) })

export const frameworksOf = ({ project }: Pick<PolicyPlaces, 'project'>): Frameworks =>
  loadFrameworks(join(shippedFolder(project), 'frameworks'))

/**
 * The folder of the pack of this name, whether or not it is there.
 *
 * @throws OkiteError `POLICY_NAME`; `POLICY_TWICE` where an own pack is called like one of the program
 */
export function placeOf(
  { project, dataDir }: PolicyPlaces,
  name: string,
): Readonly<{ folder: string; isOwn: boolean }> {
  requirePackName(name)
  const shipped = join(shippedFolder(project), name)
  const own = findOwn(dataDir, name)
  if (own === null) return { folder: shipped, isOwn: false }
  // Which of the two was meant cannot be told, and they may judge otherwise.
  if (existsSync(shipped)) throw new OkiteError('POLICY_TWICE', { name })
  return { folder: own, isOwn: true }
}

/** A name and nothing else: a path would lead out of the folder. */
export function requirePackName(name: string): void {
  if (!packName.test(name)) throw new OkiteError('POLICY_NAME', { name: printable(name) })
}

/** The name of the pack that this installation keeps, or would keep. */
export async function configuredPolicy(call: Call): Promise<string> {
  const { modules } = await discoverModules(call.source)
  const dataDir = hasData(call.dataDir) ? call.dataDir : null
  return readConfig({ dataDir, environment: call.environment, flags: {}, modules }).values.policy
}

/**
 * The policy packs that the list has adopted, by the hash that it names. The content of each is kept
 * in the database from its adoption on: a pack that is edited on disk is another policy.
 */
export class AdoptedPolicies {
  private readonly pool: Pool
  private readonly places: PolicyPlaces
  private readonly packs = new Map<string, Pack>()
  private readonly read = new Map<string, Reading>()
  /** By position: an adoption is prepared again whenever the list is read again. */
  private readonly adoptions = new Map<Pos, { hash: string; from: string }>()

  constructor(pool: Pool, places: PolicyPlaces) {
    this.pool = pool
    this.places = places
  }

  /** A pack on disk, checked whole. */
  onDisk(name: string): Pack {
    return packOnDisk(this.places, name)
  }

  /**
   * Keeps the pack and answers the observation that adopts it.
   *
   * @param from when it comes into force; not before `now` (V32)
   */
  async adopt(
    pack: Pack,
    { now, from = now }: Readonly<{ now: Instant; from?: Instant }>,
    by: { name: string; person: string } | null,
  ): Promise<Observation> {
    await this.pool.query(
      'insert into fold.policy (hash, content) values ($1, $2) on conflict do nothing',
      [pack.hash, pack.canonical],
    )
    this.packs.set(pack.hash, pack)
    return {
      type: policyAdopted,
      source: 'okite',
      occurred: now,
      observed: now,
      trust: 'record',
      body: {
        policy: pack.id,
        version: pack.version,
        from,
        hash: pack.hash,
        statements: pack.statements.length,
      },
      ...(by === null ? {} : { private: { by: { value: by.name, person: by.person } } }),
      identity: `policy ${pack.id} ${pack.version} ${pack.hash} ${from}`,
    }
  }

  /** Reads the content that an adoption names, before judges are stepped with it. */
  async prepare(adopted: Fact): Promise<void> {
    if (!is(adopted, policyAdopted)) return
    const { hash, from } = adopted.body
    await this.load(hash)
    this.adoptions.set(adopted.pos, { hash, from })
  }

  private async load(hash: string): Promise<void> {
    if (this.packs.has(hash)) return
    const { rows } = await this.pool.query<{ content: string }>(
      'select content from fold.policy where hash = $1',
      [hash],
    )
    const content = rows[0]?.content
    if (content === undefined) throw new OkiteError('POLICY_CONTENT_MISSING', { hash })
    const pack = packFromCanonical(content)
    if (pack.hash !== hash) throw new OkiteError('POLICY_CONTENT_CHANGED', { hash })
    this.packs.set(hash, pack)
  }

  byHash(hash: string): Pack | null {
    return this.packs.get(hash) ?? null
  }

  /** Statement → ids of the controls that the pack of this hash binds to it. */
  statements(hash: string): ReadonlyMap<string, readonly string[]> | null {
    return this.readings(hash)?.statements ?? null
  }

  /** Made once for each pack: every row of every judge asks, and a pack never changes. */
  private readings(hash: string): Reading | null {
    const known = this.read.get(hash)
    const pack = this.packs.get(hash)
    if (known !== undefined || pack === undefined) return known ?? null
    const reading = readingOf(pack)
    this.read.set(hash, reading)
    return reading
  }

  /** The pack in force at this instant; null before the first adoption. */
  inForce(now: string): Pack | null {
    let newest: Pos = -1
    for (const [pos, { from }] of this.adoptions) if (from <= now && pos > newest) newest = pos
    const adoption = this.adoptions.get(newest)
    return adoption === undefined ? null : this.byHash(adoption.hash)
  }

  /** What the pack of this hash binds to its controls, and the zone whose days they count. */
  bound(hash: string): ReadonlyMap<string, Binding> | null {
    return this.readings(hash)?.bound ?? null
  }
}

/** What judges ask of a pack. */
type Reading = Readonly<{
  statements: ReadonlyMap<string, readonly string[]>
  bound: ReadonlyMap<string, Binding>
}>

function readingOf(pack: Pack): Reading {
  const bindings = pack.bindings()
  const { zone } = pack.organisation
  const all = { control: unbound, params: {}, assumed: [] }
  return {
    statements: new Map([...bindings].map(([id, bound]) => [id, bound.map(b => b.control)])),
    bound: new Map(
      [all, ...[...bindings.values()].flat()].map(binding => [
        binding.control,
        { ...binding, params: { zone, ...binding.params } },
      ]),
    ),
  }
}
