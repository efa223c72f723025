import type { Clock } from './time.ts'

/**
 * Structured log, one JSON object a line on standard error. Fields are names, codes, counts and
 * positions; never a person's value, never a secret: a value that is an object is not accepted.
 */
export type Log = Readonly<{
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
  child(fields: LogFields): Log
}>

export type LogFields = Readonly<Record<string, string | number | boolean | null>>

/** A field with such a name is never written, whatever it holds. */
const secretName = /pass|secret|token|key$|salt|cookie|authorization/i

export function createLog(options: {
  clock: Clock
  write(line: string): void
  fields?: LogFields
  /** The least that is written. */
  level?: 'info' | 'warn'
}): Log {
  const emit = (level: string, event: string, fields: LogFields = {}) => {
    const line: Record<string, unknown> = {
      time: new Date(options.clock.nowMs()).toISOString(),
      level,
      event,
    }
    for (const [name, value] of Object.entries({ ...options.fields, ...fields })) {
      line[name] = secretName.test(name) ? '[hidden]' : value
    }
    options.write(`${JSON.stringify(line)}\n`)
  }
  return {
    info: (event, fields) => {
      if (options.level !== 'warn') emit('info', event, fields)
    },
    warn: (event, fields) => emit('warn', event, fields),
    error: (event, fields) => emit('error', event, fields),
    child: fields => createLog({ ...options, fields: { ...options.fields, ...fields } }),
  }
}
