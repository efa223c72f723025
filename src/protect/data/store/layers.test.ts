import { strict as assert } from 'node:assert'
import { realpathSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { type Layer, lookAtStore } from './layers.ts'
import { numberOf, thisMachine } from './machine.ts'
import { mountOf, readMounts } from './mounts.ts'
import { crypt, luks1, luks2, luks2Area, uuid } from './testing-luks.ts'
import {
  machineOf,
  mapper,
  mount,
  nvme,
  otherSata,
  sata,
  type Tree,
  virtio,
} from './testing-machines.ts'

const own = ['/srv/okite/data']
const look = (tree: Tree, paths: readonly string[] = own) => lookAtStore(machineOf(tree), paths)
const plain = '--------------e-------'
const volume = (algorithm: string | null, keyBits: number | null): Layer => ({
  layer: 'volume',
  cipher: { algorithm, keyBits },
})
const hidden: Layer = { layer: 'volume', cipher: null }
const luks = (version: 1 | 2, of = uuid) => `CRYPT-LUKS${version}-${of.replaceAll('-', '')}-data`

/** A laptop or server of one's own: a file system on LUKS on a partition of an NVMe drive. */
const laptop: Tree = {
  mounts: [mount('254:0', 'ext4')],
  attributes: plain,
  devices: {
    '254:0': { path: mapper(0), uuid: luks(2), slaves: { nvme0n1p3: '259:3' } },
    '259:3': { path: nvme },
  },
  headers: { nvme0n1p3: luks2() },
}

test('a volume of LUKS on a drive of one’s own, with its header for root and without it for others', async () => {
  assert.deepEqual(await look(laptop), { layers: [volume('AES', 256)], isWhole: true })
  assert.deepEqual(await look({ ...laptop, headers: {} }), { layers: [hidden], isWhole: true })
  const first = { ...laptop.devices, '254:0': { ...laptop.devices['254:0']!, uuid: luks(1) } }
  const header = luks1('aes', 'cbc-essiv:sha256', 32)
  assert.deepEqual(await look({ ...laptop, devices: first, headers: { nvme0n1p3: header } }), {
    ...{ layers: [volume('AES', 256)], isWhole: true },
  })
})

test('a header of another volume, or of none, says nothing of this one', async () => {
  const other = '00000000-0000-4000-8000-000000000000'
  const devices = {
    ...laptop.devices,
    '254:0': { ...laptop.devices['254:0']!, uuid: luks(2, other) },
  }
  assert.deepEqual(await look({ ...laptop, devices }), { layers: [hidden], isWhole: true })
  const plainly = { ...laptop.devices['254:0']!, uuid: 'CRYPT-PLAIN-data' }
  assert.deepEqual(await look({ ...laptop, devices: { ...laptop.devices, '254:0': plainly } }), {
    ...{ layers: [hidden], isWhole: true },
  })
  const null_ = luks2(luks2Area({ 0: { ...crypt, encryption: 'cipher_null-ecb' } }, 32))
  assert.deepEqual(await look({ ...laptop, headers: { nvme0n1p3: null_ } }), {
    ...{ layers: [], isWhole: true },
  })
})

test('a drive of one’s own without encryption has none; of a lent one nobody here knows', async () => {
  const bare: Tree = {
    ...{ mounts: [mount('8:2', 'xfs', '/dev/sda2')], attributes: null },
    devices: { '8:2': { path: sata } },
  }
  assert.deepEqual(await look(bare), { layers: [], isWhole: true })
  assert.deepEqual(await look({ ...bare, isLent: true }), { layers: [], isWhole: false })
  assert.deepEqual(await look({ ...bare, isOther: true }), { layers: [], isWhole: false })
  assert.deepEqual(await look({ ...bare, devices: { '8:2': { path: virtio } } }), {
    ...{ layers: [], isWhole: false },
  })
  const lent: Tree = {
    ...laptop,
    isLent: true,
    devices: { ...laptop.devices, '259:3': { path: virtio } },
  }
  assert.deepEqual(await look(lent), { layers: [volume('AES', 256)], isWhole: false })
})

test('LVM on LUKS on an array of two drives; the weakest of them counts', async () => {
  const array: Tree = {
    mounts: [mount('254:2', 'ext4')],
    attributes: plain,
    devices: {
      '254:2': { path: mapper(2), uuid: 'LVM-aaaabbbbccccdddd', slaves: { 'dm-0': '254:0' } },
      '254:0': { path: mapper(0), uuid: luks(2), slaves: { md0: '9:0' } },
      '9:0': {
        ...{ path: '/sys/devices/virtual/block/md0', isArray: true },
        slaves: { sda2: '8:2', sdb2: '8:18' },
      },
      '8:2': { path: sata },
      '8:18': { path: otherSata },
    },
    headers: { md0: luks2() },
  }
  assert.deepEqual(await look(array), { layers: [volume('AES', 256)], isWhole: true })
  // Two volumes of which one is encrypted: a part of what is written lies open.
  const spread: Tree = {
    ...array,
    devices: {
      ...array.devices,
      '254:2': { ...array.devices['254:2']!, slaves: { 'dm-0': '254:0', sdb2: '8:18' } },
    },
  }
  assert.deepEqual(await look(spread), { layers: [], isWhole: true })
  const twofold: Tree = {
    ...spread,
    devices: {
      ...array.devices,
      '254:2': { ...array.devices['254:2']!, slaves: { 'dm-0': '254:0', 'dm-1': '254:1' } },
      '254:1': { path: mapper(1), uuid: luks(2), slaves: { sdb2: '8:18' } },
    },
    headers: { md0: luks2(), sdb2: luks2(luks2Area({ 0: crypt }, 32)) },
  }
  assert.deepEqual(await look(twofold), { layers: [volume('AES', 128)], isWhole: true })
})

test('a volume of a kind that is not known may be anything', async () => {
  for (const uuid of ['CRYPT-TEMP-data', 'VDO-1234', 'mystery', 'CRYPT-INTEGRITY-data']) {
    const devices = { ...laptop.devices, '254:0': { ...laptop.devices['254:0']!, uuid } }
    assert.deepEqual(await look({ ...laptop, devices }), { layers: [], isWhole: false }, uuid)
  }
})

test('a folder that is encrypted by itself, and one of which nobody can say whether it is', async () => {
  const own: Layer = { layer: 'file', cipher: null }
  const folder = await look({ ...laptop, attributes: '---E----------e-------' })
  assert.deepEqual(folder, { layers: [own, volume('AES', 256)], isWhole: true })
  const unseen = await look({ ...laptop, attributes: null })
  assert.deepEqual(unseen, { layers: [volume('AES', 256)], isWhole: false })
  const other = await look({ ...laptop, mounts: [mount('254:0', 'zonefs')] })
  assert.deepEqual(other, { layers: [volume('AES', 256)], isWhole: false })
})

const without = [
  mount('0:52', 'overlay', 'overlay'),
  mount('0:45', 'tmpfs', 'tmpfs'),
  mount('0:61', 'nfs4', 'files.example.org:/okite'),
  mount('0:33', 'btrfs', '/dev/mapper/data'),
  mount('0:40', 'zfs', 'tank/okite'),
  mount('0:58', 'fuse.gocryptfs', '/srv/cipher'),
]

test('M10 file systems without a device, and machines that answer nonsense, are not known and never none', async () => {
  const unknown = { layers: [], isWhole: false }
  for (const line of without)
    assert.deepEqual(await look({ ...laptop, mounts: [line] }), unknown, line)
  assert.deepEqual(await look({ ...laptop, mounts: [] }), unknown)
  assert.deepEqual(
    await look({ ...laptop, mounts: ['', 'a b', `1 2 x:y / /srv/okite - ext4`] }),
    unknown,
  )
  // Something was mounted over it since the table was read.
  assert.deepEqual(await look({ ...laptop, stat: '8:2' }), unknown)
  assert.deepEqual(await look({ ...laptop, devices: {} }), unknown)
  assert.deepEqual(await look(laptop, []), unknown)
  const circle = { path: mapper(0), uuid: 'LVM-a', slaves: { 'dm-0': '254:0' } }
  assert.deepEqual(await look({ ...laptop, devices: { '254:0': circle } }), unknown)
  const lost = { path: mapper(0), uuid: 'LVM-a', slaves: { sda: 'x' } }
  assert.deepEqual(await look({ ...laptop, devices: { '254:0': lost } }), unknown)
  const many = Object.fromEntries(Array.from({ length: 65 }, (_, nth) => [`s${nth}`, '259:3']))
  const wide = { path: mapper(0), uuid: 'LVM-a', slaves: many }
  const devices = { ...laptop.devices, '254:0': wide }
  assert.deepEqual(await look({ ...laptop, devices }), { layers: [], isWhole: true })
})

test('the mount of a path is the one nearest to it, and of several at one place the last', () => {
  const mounts = readMounts(
    [
      '26 1 8:1 / / rw - ext4 /dev/sda1 rw',
      '30 26 8:2 / /srv rw - ext4 /dev/sda2 rw',
      '31 26 8:3 / /srv/a\\040b rw shared:9 master:1 - xfs /dev/sda3 rw',
      '32 26 8:4 / /srv rw - ext4 /dev/sda4 rw',
    ].join('\n'),
  )
  const at = (path: string) => mountOf(path, mounts)?.device
  assert.equal(at('/home'), '8:1')
  assert.equal(at('/srv/x'), '8:4')
  assert.equal(at('/srvx'), '8:1')
  assert.equal(at('/srv/a b/c'), '8:3')
})

test('the machine that runs this is looked at as an ordinary user sees it', async () => {
  assert.equal(numberOf(statSync('/dev/null').rdev), '1:3')
  assert.equal(await thisMachine.header('null', '1:3'), null)
  assert.equal(await thisMachine.text('/proc/none'), null)
  const path = realpathSync(tmpdir())
  const mounts = readMounts((await thisMachine.text('/proc/self/mountinfo'))!)
  assert.equal(mountOf(path, mounts)?.device, await thisMachine.device(path))
  const { layers, isWhole } = await lookAtStore(thisMachine, [path])
  const flags = await thisMachine.text('/proc/cpuinfo')
  if (/hypervisor/.test(flags!)) assert.equal(isWhole, false)
  for (const { layer } of layers) assert.match(layer, /^(volume|file)$/)
})
