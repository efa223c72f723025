import { defineSample, hashOf, inParts, nothingElse } from '../../core/sample/story.ts'
import {
  connectionListed,
  connectionObserved,
  connectionsCompared,
  connectionsDeclared,
  exposureScanned,
  gatewayApproved,
  ingressInspected,
  publicServiceListed,
  publicServiceProbed,
  publicServicesDeclared,
  segmentDesigned,
  segmentInspected,
  sessionsCounted,
} from './facts.ts'

const minuteMs = 60_000
const watchedDays = 35
const connections = ['app-database', 'app-queue', 'report-store']
const publicServices = ['www', 'portal']
const paths = ['database-001/tcp/5432', 'host-009/tcp/6514']

/** The network as it is drawn, as it is found, and as it is used from afar. */
export default defineSample(({ year, company, tell, alive, decide }) => {
  const firstMs = year.at(year.before(watchedDays), '09:00')
  for (const connection of connections)
    tell(connectionListed, firstMs, { connection, from: 'application-001', to: 'database-001' })
  for (const service of publicServices) tell(publicServiceListed, firstMs, { service })
  tell(gatewayApproved, firstMs, { gateway: 'vpn-1', kind: 'vpn' })
  const segments = company.assetsOf('network-segment')
  for (const segment of segments)
    tell(segmentDesigned, firstMs, { segment, function: 'application', paths, total: paths.length })
  const layers = [
    { layer: 'firewall', device: 'firewall-1', mode: 'block' },
    { layer: 'ids', device: 'ids-1', mode: 'detect' },
    { layer: 'waf', device: 'waf-1', mode: 'block' },
  ] as const
  for (const [nth, day] of year.last(watchedDays).entries()) {
    const atMs = year.at(day, '09:15')
    if (nth % 5 === 0) {
      const services = publicServices.length
      tell(connectionsDeclared, atMs, { connections: connections.length, hash: hashOf('paths') })
      tell(publicServicesDeclared, atMs, { services, hash: hashOf('public') })
      for (const part of inParts(publicServices))
        tell(exposureScanned, atMs + minuteMs, { ...part, ...nothingElse('public') })
      for (const service of publicServices)
        tell(publicServiceProbed, atMs + minuteMs, {
          ...{ service, zone: 'dmz', segmentsTried: 6, reached: [] },
        })
    }
    for (const part of inParts(connections))
      tell(connectionsCompared, atMs + minuteMs, { ...part, ...nothingElse('paths') })
    for (const connection of connections)
      tell(connectionObserved, atMs + minuteMs, {
        ...{ connection, enforcement: 'permissive', flows: 500, encrypted: 500 },
        ...{ clientVerified: 500, serverVerified: 500 },
      })
    for (const ingress of company.assetsOf('ingress'))
      tell(ingressInspected, atMs + minuteMs, { ingress, layers: [...layers] })
    for (const segment of segments)
      tell(segmentInspected, atMs + minuteMs, { segment, paths, total: paths.length })
    tell(sessionsCounted, atMs + minuteMs, { gateway: 'vpn-1', sessions: 60 + (nth % 9) })
    for (const source of ['remote-access', 'perimeter']) alive(source, year.at(day, '07:45'))
  }
  decide('protect.network.no-remote-session-outside-vpn', 'aliveFresh', 'P2D')
})
