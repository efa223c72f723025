import './core/guard.ts'
import { runCommandLine } from './core/run/command-line.ts'

// A reader that has gone, as `head` does, has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  throw error
})

process.exitCode = await runCommandLine(process.argv.slice(2), {
  source: import.meta.dirname,
  environment: process.env,
})
