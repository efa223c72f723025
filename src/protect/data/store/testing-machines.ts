import type { Machine } from './layers.ts'
import { type LuksHeader, readLuks } from './luks.ts'

/**
 * Machines for the tests, written by hand in the form in which Linux 6.1 of Debian 12 gives `/proc` and `/sys`
 * (proc_pid_mountinfo(5), Documentation/ABI/testing/sysfs-block and sysfs-block-dm); they name no machine
 * that is somewhere.
 */
export type Tree = Readonly<{
  /** Lines of `/proc/self/mountinfo`. */
  mounts: readonly string[]
  /** Lends its disks from a host. */
  isLent?: boolean
  /** No `flags` line, as of ARM. */
  isOther?: boolean
  /** By number, where each block device is and what it lies on; `uuid` of the device mapper. */
  devices: Readonly<Record<string, Device>>
  /** By name, the beginning of a device that may be read. */
  headers?: Readonly<Record<string, Buffer>>
  /** What lsattr prints; null: it cannot tell. */
  attributes?: string | null
  /** What stat says of a path, where the mounts say something else. */
  stat?: string
}>

type Device = Readonly<{
  path: string
  uuid?: string
  isArray?: boolean
  /** Numbers by name. */
  slaves?: Readonly<Record<string, string>>
}>

export function machineOf(tree: Tree): Machine {
  const flags = `flags\t\t: fpu vme sse2${tree.isLent ? ' hypervisor' : ''} lm`
  const texts = new Map([
    ['/proc/self/mountinfo', tree.mounts.join('\n')],
    ['/proc/cpuinfo', tree.isOther ? 'Features\t: fp asimd' : `processor\t: 0\n${flags}`],
  ])
  for (const [number, { uuid, isArray, slaves = {} }] of Object.entries(tree.devices)) {
    const at = `/sys/dev/block/${number}`
    if (uuid !== undefined) texts.set(`${at}/dm/uuid`, uuid)
    if (isArray) texts.set(`${at}/md/level`, 'raid1')
    for (const [name, slave] of Object.entries(slaves)) texts.set(`${at}/slaves/${name}/dev`, slave)
  }
  const deviceAt = (path: string) => tree.devices[path.replace('/sys/dev/block/', '')]
  const header = async (name: string): Promise<LuksHeader | null> => {
    const bytes = tree.headers?.[name]
    return bytes === undefined ? null : readLuks(bytes)
  }
  const [, , device = ''] = (tree.mounts.at(-1) ?? '').split(' ')
  return {
    text: async path => texts.get(path) ?? null,
    names: async path => Object.keys(deviceAt(path.replace('/slaves', ''))?.slaves ?? {}),
    real: async path => deviceAt(path)?.path ?? null,
    header,
    attributes: async () => tree.attributes ?? null,
    device: async () => tree.stat ?? device,
  }
}

const pci = '/sys/devices/pci0000:00'
export const nvme = `${pci}/0000:00:1d.0/0000:03:00.0/nvme/nvme0/nvme0n1/nvme0n1p3`
export const sata = `${pci}/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda/sda2`
export const otherSata = `${pci}/0000:00:17.0/ata2/host1/target1:0:0/1:0:0:0/block/sdb/sdb2`
export const virtio = `${pci}/0000:00:02.0/virtio1/block/vda/vda1`
export const mapper = (nth: number): string => `/sys/devices/virtual/block/dm-${nth}`

/** A mount of `/srv/okite`. */
export const mount = (device: string, kind: string, source = '/dev/mapper/data'): string =>
  `48 29 ${device} / /srv/okite rw,relatime shared:1 - ${kind} ${source} rw`
