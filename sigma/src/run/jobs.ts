import type { FoundFile } from './files.ts'
import { type Format, formatOf } from './format.ts'
import type { Job } from './found.ts'
import { runLimits } from './limits.ts'
import type { Piece } from './lines.ts'
import { openBytes, readingError } from './open.ts'

/** Formats in which a line stands for itself wherever it is. */
const isOfLines = (format: Format | null): boolean =>
  format === 'jsonl' || format === 'syslog' || format === 'text'

/**
 * What is to be read, in order. A large file of lines that is not packed becomes several jobs, so
 * that it keeps all workers busy.
 */
export async function jobsOf(files: readonly FoundFile[], format: Format | null): Promise<Job[]> {
  const jobs: Job[] = []
  for (const { path, sizeBytes, isNamed } of files) {
    const whole = { path, format, piece: null, isNamed }
    const linesAs =
      sizeBytes > 2 * runLimits.pieceBytes ? await linesOf(path, format, isNamed) : null
    if (linesAs === null) jobs.push({ nth: jobs.length, input: whole })
    else
      for (const piece of piecesOf(sizeBytes))
        jobs.push({ nth: jobs.length, input: { ...whole, format: linesAs, piece } })
  }
  return jobs
}

/** The format of a plain file of lines; null if it is anything else. */
async function linesOf(
  path: string,
  asked: Format | null,
  isNamed: boolean,
): Promise<Format | null> {
  try {
    const opened = await openBytes(path)
    await opened.close()
    const format = asked ?? formatOf(opened.peek, path, isNamed)
    return opened.isPlain && isOfLines(format) ? format : null
  } catch (error) {
    // The worker that reads it will find the same and tell it.
    if (readingError(error) === null) throw error
    return null
  }
}

/** The last piece ends with the file, however long that has become. */
function piecesOf(sizeBytes: number): Piece[] {
  const count = Math.ceil(sizeBytes / runLimits.pieceBytes)
  return Array.from({ length: count }, (_, nth) => ({
    from: nth * runLimits.pieceBytes,
    to: nth === count - 1 ? Number.POSITIVE_INFINITY : (nth + 1) * runLimits.pieceBytes,
  }))
}
