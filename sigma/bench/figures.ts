import { cpus, release, totalmem } from 'node:os'

/** The machine and the command, above all figures, so that they can be made again. */
export function printMachine(command: string): void {
  const [cpu] = cpus()
  const model = cpu?.model.trim() ?? 'unknown'
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  const system = `${process.platform} ${release()}`
  console.log(`$ ${command}`)
  console.log(`${cpus().length} × ${model}, ${memory}, ${system}, Node ${process.version}\n`)
}

/** One figure beside the limit that it is judged against. */
export function printFigure(
  name: string,
  value: number,
  unit: string,
  limit: number,
  want: 'atMost' | 'atLeast',
): void {
  const ratio = want === 'atMost' ? limit / value : value / limit
  const shown = `${value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)} ${unit}`
  const bound = `${want === 'atMost' ? '≤' : '≥'} ${limit.toLocaleString('en')} ${unit}`
  console.log(`${ratio >= 1 ? '●' : '▲'} ${name.padEnd(56)} ${shown.padStart(18)}   ${bound}`)
}

/** The value below which that share of them lies. */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
