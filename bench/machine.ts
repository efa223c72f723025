import { cpus, release, totalmem } from 'node:os'

/** The machine and the command, printed above every figure so that it can be made again. */
export function printMachine(command: string): void {
  const [cpu] = cpus()
  console.log(`$ ${command}`)
  console.log(
    `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ` +
      `${process.platform} ${release()}, Node ${process.version}\n`,
  )
}

/** One figure beside the limit it is judged against, as a ratio. */
export function printFigure(
  name: string,
  value: number,
  unit: string,
  limit: number,
  want: 'atMost' | 'atLeast',
): void {
  const ratio = want === 'atMost' ? limit / value : value / limit
  const shown = value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
  console.log(
    `${ratio >= 1 ? '●' : '▲'} ${name.padEnd(56)} ${`${shown} ${unit}`.padStart(18)}   ` +
      `${want === 'atMost' ? '≤' : '≥'} ${limit.toLocaleString('en')} ${unit}   ${ratio.toFixed(2)} ×`,
  )
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
