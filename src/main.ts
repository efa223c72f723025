import './core/guard.ts'
import { runCommandLine } from './core/run/command-line.ts'

process.exitCode = await runCommandLine(process.argv.slice(2), {
  source: import.meta.dirname,
  environment: process.env,
})
