/** Data that explains an error to a person or a program. Never a secret, never personal data. */
export type ErrorData = Readonly<
  Record<string, string | number | boolean | null | readonly (string | ErrorRecord)[]>
>

/** One of several things to say: its `code` has words in the catalogues, which take the other fields. */
export type ErrorRecord = Readonly<Record<string, string | number> & { code: string }>

/**
 * The one error class. `code` is stable and owned by a module; what happened, what to do and the
 * HTTP status stand in that module's `errors.md` as `## CODE`.
 *
 * It is a *refusal*: the caller's mistake or a condition of the machine. A disappointment of the
 * world is a fact, and a bug is a failed assertion that ends the process.
 */
export class OkiteError extends Error {
  override readonly name = 'OkiteError'
  readonly code: string
  readonly data: ErrorData

  constructor(code: string, data: ErrorData = {}, options?: { cause?: unknown }) {
    const shown = Object.entries(data)
      .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
      .join(' ')
    super(shown ? `${code} ${shown}` : code, options)
    this.code = code
    this.data = data
  }
}

/**
 * What a log may say of something thrown: our code, the system's or the database's, else the name of
 * its class. Never the message of an error that is not ours: it may quote what somebody wrote.
 */
export function codeOf(error: unknown): string {
  if (error instanceof OkiteError) return error.code
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown }
  for (const word of [code, name]) {
    if (typeof word === 'string' && /^[A-Za-z0-9_]{1,60}$/.test(word)) return word
  }
  return typeof error
}
