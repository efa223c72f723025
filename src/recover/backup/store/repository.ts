/**
 * A place that keeps objects by name. Trusted for nothing: what is read is opened under the key, and what is
 * promised is read back. Names are ASCII, `/` between parts, no part begins with a dot.
 */
export type Repository = Readonly<{
  /** As people call it, in facts and in messages. */
  name: string
  /** Resolves when it would survive a power cut, as far as the place says so. The same name again is the same object. */
  put(name: string, bytes: Uint8Array): Promise<void>
  /** @throws OkiteError `BACKUP_OBJECT_MISSING` */
  get(name: string): Promise<Buffer>
  has(name: string): Promise<boolean>
  /** Names that begin so, in no order. */
  list(prefix: string): AsyncIterable<Listed>
  remove(name: string): Promise<void>
}>

/** `putAtMs`: by the clock of the place. */
export type Listed = Readonly<{ name: string; sizeBytes: number; putAtMs: number }>

/** An object is held in memory whole: a piece, a log segment, or the table of a backup. */
export const objectBytesMax = 256 * 1024 * 1024

const part = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/

/** A name that stays below its place, whatever the place is. */
export const isObjectName = (name: string): boolean =>
  name.length <= 400 && name.split('/').every(each => part.test(each))
