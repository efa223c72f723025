import type { Instant } from '../../../core/fact.ts'

/**
 * A place that keeps objects by name. Trusted for nothing: what is read is opened under the key, and what is
 * promised is read back. Names are ASCII, `/` between parts, no part begins with a dot.
 *
 * Everything throws OkiteError: `BACKUP_REPOSITORY_AWAY`, `BACKUP_REPOSITORY_DENIED`,
 * `BACKUP_REPOSITORY_FULL`, `BACKUP_OBJECT_ALTERED`, `BACKUP_OBJECT_MISSING`.
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
  /** Whether it is gone; false: the place holds it. */
  remove(name: string): Promise<boolean>
  /**
   * Puts an object and tries, with all that this client may do, to do away with it: also by others in its
   * place. What is told is whether its bytes could be read afterwards, whatever the answers were.
   */
  tryDeletion(name: string, bytes: Uint8Array, other: Uint8Array): Promise<DeletionTrial>
  /** null: what is there can be removed at any time. */
  lock: Lock | null
}>

/** `putAtMs`: by the clock of the place. */
export type Listed = Readonly<{ name: string; sizeBytes: number; putAtMs: number }>

/** Objects are held until an instant, which may be moved on and not back. */
export type Lock = Readonly<{
  days: number
  /** null: the object is not held. */
  until(name: string): Promise<Instant | null>
  extend(name: string, until: Instant): Promise<void>
}>

/** How it was tried, and what the place answered. */
export type Attempt = Readonly<{
  how: 'overwrite' | 'remove' | 'remove-version' | 'bypass' | 'shorten'
  answer: 'refused' | 'done'
}>

export type DeletionTrial = Readonly<{ isRefused: boolean; attempts: readonly Attempt[] }>

/** An object is held in memory whole: a piece, a log segment, or the table of a backup. */
export const objectBytesMax = 256 * 1024 * 1024

const part = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/

/** A name that stays below its place, whatever the place is. */
export const isObjectName = (name: string): boolean =>
  name.length <= 400 && name.split('/').every(each => part.test(each))
