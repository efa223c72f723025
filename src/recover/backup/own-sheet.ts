import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { OkiteError } from '../../core/error.ts'
import { openPrivateFile } from '../../core/ledger/private-file.ts'
import type { GreetPorts, HandPorts, OwnData } from '../../core/module.ts'
import { toInstant } from '../../core/time.ts'
import { sheetConfirmed, sheetPrinted } from '../restore/facts.ts'
import { placeText } from './open.ts'
import { keptOwn, observedAt } from './own.ts'
import { openOwnKey } from './own-key.ts'
import type { BackupSettings, RepositorySettings } from './settings.ts'
import { shareKey, sharesCount } from './shares.ts'

/**
 * The recovery sheet: what brings everything back when the machine is gone. That it was put out, and that
 * somebody has it on paper, is on the list; what stands on it is not.
 */

type SheetPorts = HandPorts & Readonly<{ locale: GreetPorts['locale'] }>
type Sheet = Readonly<{ form: 'whole' | 'shares'; text: string; words: readonly string[] }>

/** Where a sheet waits that nobody has seen yet, and what has to be typed of the shares printed last. */
const waiting = (own: OwnData): string => join(own.keys, 'recovery-sheet.txt')
const lastShares = (own: OwnData): string => join(own.keys, 'shares-printed')

const requireOwn = (ports: SheetPorts): OwnData => {
  const own = keptOwn(ports)
  if (own === null) throw new OkiteError('BACKUP_OFF')
  return own
}

/** The last group of a key or of a part: short enough to be typed, and on the paper alone. */
const lastGroup = (text: string): string => text.split('-').at(-1) ?? ''

const idOf = (own: OwnData): string => openOwnKey(own).key.id.toString('hex')

/** @throws OkiteError `BACKUP_OFF` */
export async function makeSheet(ports: SheetPorts, form: Sheet['form']): Promise<Sheet> {
  const own = requireOwn(ports)
  const { text, bytes } = openOwnKey(own)
  if (form === 'whole') {
    return { form, text: sheetText(ports, own, text, null), words: [lastGroup(text)] }
  }
  const { texts } = await shareKey(bytes)
  const words = texts.map(lastGroup)
  rmSync(lastShares(own), { force: true })
  openPrivateFile(lastShares(own), () => `${words.join(' ')}\n`)
  // A new page for each: they go to different places.
  const pages = texts.map((share, nth) => sheetText(ports, own, share, nth + 1))
  return { form, text: pages.join('\f'), words }
}

function sheetText(
  { settings, messages, locale, clock }: SheetPorts,
  own: OwnData,
  key: string,
  number: number | null,
): string {
  const say = (id: string, values: Readonly<Record<string, unknown>> = {}) =>
    messages.translate(locale, `backup.sheet.${id}`, values)
  const { repositories } = settings as BackupSettings
  const keys = number === null ? '--key key.txt' : '--key key-1.txt --key key-2.txt'
  const others = number === null ? '' : ' --confirm …'.repeat(sharesCount - 1)
  const data = quoted(own.dataDir)
  return [
    number === null ? say('title') : say('title.share', { number, of: sharesCount }),
    say('made', { at: toInstant(clock.nowMs()), data: own.dataDir }),
    '',
    number === null ? say('keep') : say('keep.share'),
    '',
    number === null ? say('key') : say('key.share'),
    '',
    ...rowsOf(key),
    '',
    say('places'),
    ...repositories.map(place => `    ${place.name}  ${placeText(place)}  (${place.site})`),
    '',
    number === null ? say('how') : say('how.share'),
    ...repositories.map(
      place => `    ./okite restore --from ${quoted(fromOf(place))} ${keys} --data ${data}`,
    ),
    ...repositories
      .filter(({ folder }) => folder === undefined)
      .map(place => say('file', { file: fromOf(place), place: placeText(place) })),
    say('then'),
    `    ./okite start --data ${data}`,
    '',
    say('confirm'),
    `    ./okite backup sheet --confirm ${lastGroup(key)}${others} --by ${say('you')}`,
    '',
  ].join('\n')
}

/** What `--from` takes: a folder, or a file to be written of what the sheet says of the place. */
const fromOf = ({ name, folder }: RepositorySettings): string =>
  folder ?? `${name.replaceAll(/[^a-z0-9.-]/g, '-')}.json`

/** As one word it can be copied whole; a dash at the end of a line says that it goes on. */
function rowsOf(key: string): string[] {
  const groups = key.split('-')
  const half = Math.ceil(groups.length / 2)
  return [`    ${groups.slice(0, half).join('-')}-`, `    ${groups.slice(half).join('-')}`]
}

/** As a shell reads it, whatever stands in it. */
const quoted = (word: string): string =>
  /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

export async function tellPrinted(ports: SheetPorts, form: Sheet['form']): Promise<void> {
  const key = idOf(requireOwn(ports))
  const at = toInstant(ports.clock.nowMs())
  const identity = `sheet ${key} ${at}`
  await ports.submit({ ...observedAt(at), type: sheetPrinted, body: { key, form }, identity })
}

/**
 * Whoever has the paper can say so: by its last group, or by those of all parts.
 *
 * @throws OkiteError `BACKUP_OFF`, `BACKUP_SHEET_OTHER`
 */
export async function confirmSheet(
  ports: SheetPorts,
  typed: readonly string[],
  by: string,
): Promise<void> {
  const own = requireOwn(ports)
  const given = typed.map(word => word.toUpperCase()).sort()
  const isOf = (words: readonly string[]) => [...words].sort().join() === given.join()
  const shares = typed.length === sharesCount ? readShares(own) : []
  const isWhole = isOf([lastGroup(openOwnKey(own).text)])
  if (!isWhole && (shares.length === 0 || !isOf(shares))) throw new OkiteError('BACKUP_SHEET_OTHER')
  const at = toInstant(ports.clock.nowMs())
  const key = idOf(own)
  await ports.submit({
    ...{ type: sheetConfirmed, source: 'okite backup', occurred: at, observed: at },
    trust: 'record',
    body: { key, form: isWhole ? 'whole' : 'shares' },
    private: { by: { value: by, person: by } },
    identity: `sheet confirmed ${key} ${at}`,
  })
  for (const path of [waiting(own), lastShares(own)]) rmSync(path, { force: true })
}

function readShares(own: OwnData): readonly string[] {
  const none = () => '\n'
  return openPrivateFile(lastShares(own), none).trim().split(' ').filter(Boolean)
}

/** Sheets of all keys that were ever in use: a handful. */
const sheetsLooked = 200

/**
 * At the first start with backups the sheet is put out: once on the terminal of whoever starts it, else into
 * a file for its owner alone, for a log keeps what it is told. Until somebody says that he has it, every
 * start reminds of it.
 */
export async function greetWithSheet(ports: GreetPorts): Promise<void> {
  const { reader, isSeen, out, messages, locale } = ports
  const own = keptOwn(ports)
  if (own === null) return
  const say = (id: string, values: Readonly<Record<string, unknown>> = {}) =>
    out(`\n${messages.translate(locale, `backup.sheet.${id}`, values)}\n`)
  const key = idOf(own)
  const confirmed = await reader.latest(sheetConfirmed, sheetsLooked)
  if (confirmed.some(({ body }) => body.key === key)) return
  const printed = await reader.latest(sheetPrinted, sheetsLooked)
  if (printed.some(({ body }) => body.key === key)) return say('remind')
  const { text } = await makeSheet(ports, 'whole')
  if (isSeen) out(`\n${text}`)
  else {
    rmSync(waiting(own), { force: true })
    openPrivateFile(waiting(own), () => text)
    say('waits', { path: waiting(own) })
  }
  await tellPrinted(ports, 'whole')
}
