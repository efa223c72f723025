import { defineModule } from '../../core/module.ts'
import { prober, sighter } from './collect.ts'
import { endpointCommand } from './command.ts'
import { tlsForwardSecrecy } from './controls/tls13.ts'
import {
  endpointListed,
  endpointProbed,
  endpointRemoved,
  listConfirmed,
  listDeclared,
  sightingCompleted,
} from './facts.ts'
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
  ],
  collectors: [prober, sighter],
  controls: [tlsForwardSecrecy],
  tables: [endpointTable],
  routes: [endpointsRoute],
  commands: [endpointCommand],
  settings: networkSettings,
})
