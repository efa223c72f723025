/**
 * `./okite sigma …`: the command of the Sigma engine, which needs nothing of a running Okite. Its
 * exit codes are those of grep: 1 says that nothing matched.
 */
export async function runSigma(args: readonly string[]): Promise<number> {
  // Only who asks for it waits until it is loaded.
  const { runCommand } = await import('../../../sigma/src/run/command.ts')
  const { processStreams } = await import('../../../sigma/src/run/output.ts')
  return await runCommand(args, processStreams())
}
