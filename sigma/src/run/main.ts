#!/usr/bin/env node
import { runCommand } from './command.ts'
import { processStreams } from './output.ts'

// A reader that has gone, as `head` does, has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  throw error
})

process.exitCode = await runCommand(process.argv.slice(2), processStreams())
