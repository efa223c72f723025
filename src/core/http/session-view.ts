import type { Session } from './door.ts'

/** What a page may know of who looks at it. */
export const described = (session: Session, of: Readonly<{ zone: string; isSample: boolean }>) => ({
  name: session.principal.name,
  roles: [...session.principal.roles],
  permissions: [...session.principal.permissions].sort(),
  until: new Date(session.endsMs).toISOString(),
  zone: of.zone,
  isSample: of.isSample,
})
