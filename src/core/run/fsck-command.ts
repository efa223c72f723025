import type { Call } from './command-line.ts'

export async function runFsck(_args: readonly string[], _call: Call): Promise<number> {
  return 0
}
