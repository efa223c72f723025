/** Open to everybody who reaches the port. A module that says so gives its reason in a comment. */
export const publicPermission = 'public'

/** Everybody with a session, whatever his roles. */
export const sessionPermission = 'session'
