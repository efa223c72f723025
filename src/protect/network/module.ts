import { defineModule } from '../../core/module.ts'
import { prober, sighter } from './collect.ts'
import { endpointCommand } from './command.ts'
import { everyConnectionVerified } from './controls/every-connection-verified.ts'
import { noRemoteSessionOutsideVpn } from './controls/no-remote-session-outside-vpn.ts'
import { publicServicesIsolated } from './controls/public-services-isolated.ts'
import { segmentsMatchDesign } from './controls/segments-match-design.ts'
import { threeLayersOnIngress } from './controls/three-layers-on-ingress.ts'
import { tlsForwardSecrecy } from './controls/tls13.ts'
import {
  connectionListed,
  connectionObserved,
  connectionRemoved,
  connectionsCompared,
  connectionsDeclared,
  endpointListed,
  endpointProbed,
  endpointRemoved,
  exposureScanned,
  gatewayApproved,
  gatewayWithdrawn,
  ingressInspected,
  listConfirmed,
  listDeclared,
  publicServiceListed,
  publicServiceProbed,
  publicServiceRemoved,
  publicServicesDeclared,
  segmentDesigned,
  segmentInspected,
  sessionsCounted,
  sessionsMeasured,
  sightingCompleted,
  watchGapMeasured,
} from './facts.ts'
import { remoteSessions } from './judge.ts'
import { networkSettings } from './settings.ts'
import { endpointsRoute, endpointTable } from './show.ts'

export default defineModule({
  id: 'protect.network',
  facts: [
    endpointListed,
    endpointRemoved,
    listDeclared,
    listConfirmed,
    endpointProbed,
    sightingCompleted,
    ingressInspected,
    connectionListed,
    connectionRemoved,
    connectionsDeclared,
    connectionsCompared,
    connectionObserved,
    segmentDesigned,
    segmentInspected,
    publicServiceListed,
    publicServiceRemoved,
    publicServicesDeclared,
    exposureScanned,
    publicServiceProbed,
    gatewayApproved,
    gatewayWithdrawn,
    sessionsCounted,
    sessionsMeasured,
    watchGapMeasured,
  ],
  collectors: [prober, sighter],
  judges: [remoteSessions],
  controls: [
    tlsForwardSecrecy,
    threeLayersOnIngress,
    everyConnectionVerified,
    segmentsMatchDesign,
    publicServicesIsolated,
    noRemoteSessionOutsideVpn,
  ],
  tables: [endpointTable],
  routes: [endpointsRoute],
  permissions: { 'network.read': ['ciso', 'officer', 'auditor'] },
  commands: [endpointCommand],
  settings: networkSettings,
})
