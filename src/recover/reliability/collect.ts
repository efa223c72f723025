import type { Observation } from '../../core/fact.ts'
import type { Collector } from '../../core/module.ts'
import { toInstant } from '../../core/time.ts'
import { campaignReported } from './facts.ts'
import { readReport } from './report.ts'

/** Tells once what the version that runs here went through; the same report again is the same fact. */
export const reportCampaign: Collector = {
  name: 'reliability-report',
  sizeBytesMax: 16_384,
  perMinuteMax: 2,
  every: 'P1D',
  async *run({ clock }) {
    const found = readReport()
    if (found === null || found.report.faults.length === 0) return
    const { report, hash } = found
    const now = toInstant(clock.nowMs())
    const on = report.faults.map(fault => fault.on).sort()[0] as string
    const told: Observation = {
      type: campaignReported,
      source: 'okite',
      occurred: now,
      observed: now,
      trust: 'record',
      body: {
        version: report.version,
        on,
        faults: report.faults.map(({ id, done, seed }) => ({ fault: id, times: done, seed })),
        hash,
      },
      identity: hash,
    }
    yield told
  },
}
