import { defineSample, hashOf, type Story } from '../../core/sample/story.ts'
import {
  antiMalwareReported,
  baselineAssigned,
  baselineScanned,
  edrReported,
  functionInspected,
  patchRunCompleted,
  postureEnrolled,
  postureScanned,
  servicesSeen,
  zeroDayClosed,
  zeroDayFound,
} from './facts.ts'

const hourMs = 3_600_000
/** Agents have been asked each day for so long; before that nobody knew. */
const askedDays = 2
const services = ['nginx', 'ssh']
const baseline = { baseline: 'house-base', version: '3.0' }

/** So many machines got the first rounds of patches late; from then on the rounds were in time. */
const patchedLate = [0, 90, 30]
/** Weaknesses that were exploited already: the first took longer than the three days that there are. */
const hoursToPatch = [101, 52, 30, 20]

/** Patches, agents, baselines and clouds as they are read; one laptop has lost its agent. */
export default defineSample(story => {
  tellPatches(story)
  tellAgents(story)
  tellBaselines(story)
  tellClouds(story)
})

/** A round each month. The first month is no whole one, and nobody is asked for it. */
function tellPatches({ year, company, tell, alive, decide }: Story): void {
  for (const [nth, { name, day }] of year.months.entries()) {
    for (const [at, asset] of company.assetsOf('endpoint', 'host').entries()) {
      if (nth === 0) break
      const isLate = at < (patchedLate[nth] ?? 0)
      const runMs = year.at(isLate ? day(36) : day(13 + (at % 4)), '12:30')
      tell(patchRunCompleted, runMs, { asset, round: name, offered: 14, installed: 14 })
    }
    // What came by the end of a month is known as soon as the next begins.
    alive('patch', year.at(day(1), '06:00'))
  }
  for (const day of year.every(7))
    for (const source of ['patch', 'weakness-scan']) alive(source, year.at(day, '12:40'))
  decide('protect.hardening.zero-day-patched', 'aliveFresh', 'P8D')
  for (const [nth, hours] of hoursToPatch.entries()) {
    const exposure = { advisory: `zero-day-${nth + 1}`, asset: `host-0${20 + nth}` }
    const foundMs = year.at(year.days[25 + nth * 90] as number, '09:00')
    tell(zeroDayFound, foundMs, exposure, { isPrompt: true })
    tell(zeroDayClosed, foundMs + hours * hourMs, { ...exposure, how: 'patch' }, { isPrompt: true })
  }
}

function tellAgents({ year, company, tell }: Story): void {
  const endpoints = company.assetsOf('endpoint')
  const lost = endpoints[116]
  for (const day of year.last(askedDays)) {
    const atMs = year.at(day, '05:50')
    const seen = year.instant(atMs - hourMs)
    for (const endpoint of endpoints)
      tell(edrReported, atMs, {
        endpoint,
        agent:
          endpoint === lost
            ? null
            : {
                ...{ product: 'edr', version: '7.2', versionsBehind: 0, mode: 'prevent' },
                lastSeen: seen,
              },
      })
    for (const asset of company.assetsOf('endpoint', 'host'))
      tell(antiMalwareReported, atMs, {
        ...{ asset },
        agent: { product: 'av', realTime: 'on', signaturesAt: seen, fullScanAt: seen },
      })
  }
}

function tellBaselines({ year, company, tell }: Story): void {
  const machines = company.assetsOf('endpoint', 'host')
  const others = company.assetsOf('image', 'cluster', 'cloud-resource')
  const who = {
    by: company.holder('infrastructure').number,
    approver: company.holder('ciso').number,
  }
  const assign = (assets: readonly string[], serving: readonly string[]) => {
    for (let from = 0; from < assets.length; from += 60)
      tell(
        baselineAssigned,
        year.at(year.before(70), '13:00'),
        {
          ...{ ...baseline, hash: hashOf('baseline'), services: [...serving] },
          assets: assets.slice(from, from + 60),
        },
        { who },
      )
  }
  assign(machines, services)
  assign(others, [])
  const scan = (asset: string, atMs: number) =>
    tell(baselineScanned, atMs, { asset, ...baseline, rules: 200, evaluated: 200, failed: 0 })
  const scannedMs = year.at(year.before(1), '06:30')
  for (const asset of machines) {
    scan(asset, scannedMs)
    tell(servicesSeen, scannedMs, { asset, services })
  }
  for (const day of year.last(8)) for (const asset of others) scan(asset, year.at(day, '06:40'))
}

function tellClouds({ year, company, tell }: Story): void {
  const accounts = company.assetsOf('cloud-account')
  for (const account of accounts)
    tell(postureEnrolled, year.at(year.before(40), '13:00'), { account, tool: 'posture' })
  for (const day of year.last(21)) {
    for (const account of accounts)
      tell(postureScanned, year.at(day, '05:20'), {
        ...{ account, provider: 'aws', practice: 'aws-foundational-security-best-practices' },
        ...{ version: '1.0', checks: 180, evaluated: 180, failed: 0 },
      })
    for (const one of company.assetsOf('function'))
      tell(functionInspected, year.at(day, '05:30'), {
        ...{ function: one, role: `${one}-role`, functions: 1, grants: 4, grantsWildcard: 0 },
        ...{ grantsUnused: 0, rules: 12, evaluated: 12, failed: 0 },
      })
  }
}
