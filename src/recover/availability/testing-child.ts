import { createPorts } from './testing-ports.ts'

/** A program that probes minute after minute until it is killed: `node testing-child.ts FOLDER TARGET FROM`. */
const [folder = '', target = '', from = ''] = process.argv.slice(2)
const startMs = Date.parse(from)
const bench = createPorts({ folder, nowMs: startMs, probes: { web: { kind: 'http', target } } })
for (let nth = 0; ; nth += 1) {
  const found = await bench.minute(startMs + nth * 60_000)
  process.stdout.write(`${nth} ${found.map(({ identity }) => identity).join()}\n`)
}
