import type { Permissions } from '../account/roles.ts'
import { actionRoute } from './action.ts'
import { choicesRoute } from './choices.ts'
import { changeRoute, closeRoute, createRoute } from './edit-routes.ts'
import { compareRoute, declareRoute, importRoute } from './file-routes.ts'
import { aboutRoute, exportRoute, listRoute, readRoute } from './read-routes.ts'
import { scopeOf } from './route-scope.ts'
import type { AnyView } from './view.ts'

/**
 * The permissions of a register with the roles that have them. Whoever keeps it may also see whom it
 * speaks of, and declares it complete: who looks after a list vouches for it (V15c), and a second source
 * confirms him (V10). An auditor sees it all and changes nothing; whoever manages accounts reads none of it.
 */
export const registerPermissions = (name: string): Permissions => ({
  [`register.${name}.read`]: ['ciso', 'officer', 'auditor'],
  [`register.${name}.personal`]: ['ciso', 'officer', 'auditor'],
  [`register.${name}.write`]: ['ciso', 'officer'],
})

/**
 * The routes of a register: read by pages, one entry with its history, typed in, changed, ended,
 * imported, compared, declared whole, exported.
 */
export function registerRoutes(view: AnyView) {
  const scope = scopeOf(view)
  return {
    list: listRoute(scope),
    about: aboutRoute(scope),
    read: readRoute(scope),
    choices: choicesRoute(scope),
    create: createRoute(scope),
    change: changeRoute(scope),
    close: closeRoute(scope),
    import: importRoute(scope),
    export: exportRoute(scope),
    declare: declareRoute(scope),
    compare: compareRoute(scope),
    ...Object.fromEntries((view.actions ?? []).map(one => [one.name, actionRoute(view, one)])),
  }
}
