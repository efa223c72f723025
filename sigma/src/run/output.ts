import { once } from 'node:events'

/** Where text goes. `columns` is null where it is no terminal. */
export type Output = Readonly<{
  write(text: string): Promise<void>
  columns: number | null
}>

export type Streams = Readonly<{
  out: Output
  err: Output
  environment: Readonly<Record<string, string | undefined>>
}>

/** What most terminals have, and what those that do not say are taken to have. */
const columnsUsual = 80

export function outputOf(stream: NodeJS.WriteStream): Output {
  return {
    async write(text) {
      if (text !== '' && !stream.write(text)) await once(stream, 'drain')
    },
    columns: stream.isTTY ? stream.columns || columnsUsual : null,
  }
}

/** Those of this process. */
export const processStreams = (): Streams => ({
  out: outputOf(process.stdout),
  err: outputOf(process.stderr),
  environment: process.env,
})
