import type { Cipher, LuksHeader } from './luks.ts'
import { type Mount, mountOf, readMounts } from './mounts.ts'

/** Encryption that was seen around a file. `cipher: null`: it is there, and how it encrypts is hidden. */
export type Layer = Readonly<{ layer: 'volume' | 'file'; cipher: Cipher | null }>

/** `isWhole`: nothing above the drives was hidden, so a layer that is not here is not there. */
export type Seen = Readonly<{ layers: readonly Layer[]; isWhole: boolean }>

/** The machine, as far as its own files tell. Whoever is root there says what they say. */
export type Machine = Readonly<{
  /** A small file of `/proc` or `/sys`, its end trimmed; null where it is not there or not to be read. */
  text(path: string): Promise<string | null>
  /** Names in a folder of `/sys`; none where it is not there. */
  names(path: string): Promise<readonly string[]>
  /** Where a link of `/sys` leads, in full; null where there is none. */
  real(path: string): Promise<string | null>
  /** Of the device of this name and number; null where it is not to be read, as only root may. */
  header(name: string, device: string): Promise<LuksHeader | null>
  /** The attributes of a file or folder, as lsattr(1) prints them; null where it cannot tell. */
  attributes(path: string): Promise<string | null>
  /** The number of the device that a path lies on, `major:minor`, as stat(2) says it. */
  device(path: string): Promise<string | null>
}>

const hidden: Seen = { layers: [], isWhole: false }

/**
 * What encrypts the files at these paths, from the file system down to the drives. Of several places, and
 * of a volume on several drives, it is what holds for the weakest of them.
 *
 * What a drive does inside itself is no layer: it opens to whoever switches it on, and neither its cipher
 * nor its lock can be read. Whatever else cannot be seen – a network, a host that lends its disks, a file
 * system without a device – makes it not whole.
 *
 * @param paths without links in them
 */
export async function lookAtStore(machine: Machine, paths: readonly string[]): Promise<Seen> {
  const mounts = readMounts((await machine.text('/proc/self/mountinfo')) ?? '')
  const isOurs = await isOurOwn(machine)
  const seen: Seen[] = []
  for (const path of paths) {
    const mount = mountOf(path, mounts)
    seen.push(mount === null ? hidden : await lookAtPath(machine, path, mount, isOurs))
  }
  return weakest(seen)
}

/** fscrypt: a folder may be encrypted by itself, with its attributes the only sign of it. */
const withAttributes = ['ext4', 'f2fs']
const withoutAttributes = ['xfs', 'ext2', 'ext3']

async function lookAtPath(
  machine: Machine,
  path: string,
  { device, kind }: Mount,
  isOurs: boolean,
): Promise<Seen> {
  // Network, memory, an overlay, btrfs, ZFS: the kernel invents a number that no disk has.
  if (device.startsWith('0:') || (await machine.device(path)) !== device) return hidden
  const below = await lookAtDevice(machine, device, { isOurs, left: depthMax })
  if (withoutAttributes.includes(kind)) return below
  const attributes = withAttributes.includes(kind) ? await machine.attributes(path) : null
  if (attributes === null) return { ...below, isWhole: false }
  if (!attributes.includes('E')) return below
  return { ...below, layers: [{ layer: 'file', cipher: null }, ...below.layers] }
}

/** Volumes upon volumes; a longer chain is a circle. */
const depthMax = 12

/** Of the device mapper: what each kind of volume is, by the beginning of its identifier. */
const encrypting = /^CRYPT-(LUKS1|LUKS2|PLAIN|TCRYPT|LOOPAES|BITLK|FVAULT2)-/
const passing = /^(LVM-|mpath-|part\d+-|CRYPT-VERITY-)/

async function lookAtDevice(
  machine: Machine,
  device: string,
  { isOurs, left }: Readonly<{ isOurs: boolean; left: number }>,
): Promise<Seen> {
  const at = `/sys/dev/block/${device}`
  const path = await machine.real(at)
  if (path === null || left === 0) return hidden
  const under = await machine.names(`${at}/slaves`)
  if (under.length === 0) return { layers: [], isWhole: isOurs && isDrive.test(path) }
  const uuid = await machine.text(`${at}/dm/uuid`)
  const below: Seen[] = []
  for (const name of under.slice(0, underMax)) {
    const number = await machine.text(`${at}/slaves/${name}/dev`)
    below.push(
      number === null || !/^\d{1,7}:\d{1,7}$/.test(number)
        ? hidden
        : await lookAtDevice(machine, number, { isOurs, left: left - 1 }),
    )
  }
  const found = weakest(under.length > underMax ? [...below, hidden] : below)
  if (uuid !== null && encrypting.test(uuid)) {
    const layers = await lookAtVolume(machine, at, uuid, under)
    return { ...found, layers: [...layers, ...found.layers] }
  }
  const isKnown =
    uuid === null ? (await machine.text(`${at}/md/level`)) !== null : passing.test(uuid)
  return isKnown ? found : { ...found, isWhole: false }
}

const underMax = 64

/** A drive on a bus of this machine. Through any other controller it may be one that somebody lends. */
const isDrive = /^\/sys\/devices\/pci[0-9a-f:./]+\/(ata\d+|nvme\/nvme\d+)\//

/** The layer that an encrypted volume is; none where its header says that it encrypts nothing. */
async function lookAtVolume(
  machine: Machine,
  at: string,
  uuid: string,
  under: readonly string[],
): Promise<readonly Layer[]> {
  const unseen: Layer = { layer: 'volume', cipher: null }
  const [name] = under
  const of = /^CRYPT-LUKS[12]-([0-9a-f]{32})-/.exec(uuid)?.[1]
  if (of === undefined || name === undefined || under.length > 1) return [unseen]
  const number = await machine.text(`${at}/slaves/${name}/dev`)
  const header = number === null ? null : await machine.header(name, number)
  // One that lies elsewhere is the header of this volume, and what is read here is of another.
  if (header === null || header.uuid.replaceAll('-', '') !== of) return [unseen]
  return header.cipher === null ? [] : [{ layer: 'volume', cipher: header.cipher }]
}

/**
 * The fewest layers are the weakest, and among as many those whose cipher is hidden, then those of the
 * shortest key. One that has no more than these for sure makes it whole: the others have no fewer.
 */
function weakest(all: readonly Seen[]): Seen {
  const bits = ({ layers }: Seen) =>
    Math.min(...layers.map(({ cipher }) => cipher?.keyBits ?? 0), Number.MAX_SAFE_INTEGER)
  const [first] = all.toSorted((a, b) => a.layers.length - b.layers.length || bits(a) - bits(b))
  if (first === undefined) return hidden
  const { layers } = first
  return { layers, isWhole: all.some(one => one.isWhole && one.layers.length === layers.length) }
}

/** Not one that another lends us. Of other processors nothing says so, and it stays open. */
async function isOurOwn(machine: Machine): Promise<boolean> {
  const flags = /^flags\s*:(.*)$/m.exec((await machine.text('/proc/cpuinfo')) ?? '')?.[1]
  return flags !== undefined && !flags.split(' ').includes('hypervisor')
}
