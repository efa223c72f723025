import { defineSample, type Story } from '../../core/sample/story.ts'
import {
  dependenciesMapped,
  failoverObserved,
  poolsObserved,
  probeListed,
  serviceProbed,
} from './facts.ts'

const minuteMs = 60_000
/** Services are probed from outside since the month began, and for so many days at least. */
const probedDaysMin = 12

/** Services over two data centres: tried to fail over, mapped, and probed, with one short outage. */
export default defineSample(story => {
  const { year, company, tell } = story
  const services = company.assetsOf('service')
  const listedMs = year.at(year.days[0] as number, '09:10')
  for (const service of services) {
    const target = `https://${service}.example.com/health`
    const probe = { service, kind: 'http' as const, target, statuses: ['200'] }
    tell(probeListed, listedMs, { ...probe, text: null, followsRedirects: false })
    for (const { day } of year.years) {
      const failedMs = year.at(day(100), '11:00')
      const [failed, served] = [failedMs, failedMs + 30_000].map(year.instant) as [string, string]
      const body = { service, drill: true, before: 'host-001', after: 'host-002', failed, served }
      tell(
        failoverObserved,
        failedMs + minuteMs,
        { ...body, manualSteps: 0 },
        { trust: 'instrument' },
      )
    }
    for (const day of year.every(25)) {
      const components = [
        { component: 'load balancer', needed: 1, hosts: ['host-003', 'host-004'] },
        { component: 'database', needed: 2, hosts: ['host-005', 'host-006', 'host-007'] },
      ]
      const body = { service, components, unmapped: 0 }
      tell(dependenciesMapped, year.at(day, '12:30'), body, { trust: 'instrument' })
    }
  }
  tellProbes(story, services)
  for (const control of ['load-spread', 'several-data-centres'])
    story.decide(`recover.availability.${control}`, 'fresh', 'P2D')
  for (const control of [
    'recover.availability.uptime',
    'recover.continuity.outage-restored-in-four-hours',
    'recover.continuity.newest-restorable-point-within-an-hour',
  ])
    story.decide(control, 'aliveFresh', 'P2D')
  // Three looks a day leave most of it unseen; the company finds that enough, and each of them shows it.
  const point = 'recover.continuity.newest-restorable-point-within-an-hour'
  story.decide(point, 'blindAtMost', 1_000_000)
})

function tellProbes({ year, tell }: Story, services: readonly string[]): void {
  // Late in the evening: judges step at midnight, and a clock of four hours must not end before.
  const outage = year.at(year.before(5), '21:00')
  const monthMs = year.months.at(-1)?.fromMs ?? 0
  const probed = year.days.filter(day => day >= monthMs || day >= year.before(probedDaysMin))
  for (const day of probed) {
    for (let fromMs = day; fromMs < Math.min(day + 24 * 60 * minuteMs, year.endMs); ) {
      const toMs = fromMs + 60 * minuteMs
      for (const [nth, service] of services.entries()) {
        const isDown = nth === 0 && fromMs === outage
        const runs = [{ minutes: 60, asked: 60, answered: 60 }]
        const broken = [
          { minutes: 20, asked: 20, answered: 0, why: 'status.unexpected' as const },
          { minutes: 40, asked: 40, answered: 40 },
        ]
        const body = { service, from: year.instant(fromMs), runs: isDown ? broken : runs }
        tell(serviceProbed, toMs, body, { isPrompt: true })
      }
      fromMs = toMs
    }
    for (const service of services) {
      const checks = { newest: 'passed' as const, failures: 0, downSeconds: 0 }
      const target = (name: string, site: string) => ({
        ...{ target: name, host: `host-of-${name}`, site, role: 'active' as const, checks },
        requests: 900,
      })
      const targets = [target('web-1', 'tpe'), target('web-2', 'kao')]
      const from = year.instant(year.at(day, '01:55'))
      const pools = [{ balancer: 'lb-1', pool: 'front', from, targets }]
      tell(poolsObserved, year.at(day, '02:00'), { service, pools })
    }
  }
}
