/** What somebody may do, the least first: look, act on alerts and the like, or change who may. */
export const ROLES = ['read', 'act', 'admin'] as const

export type Role = (typeof ROLES)[number]

/** Whether somebody of a role may do what needs another one: each may do what those before it may. */
export function mayDo(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed)
}

/** Who calls. */
export interface Caller {
  /** Of the token, the session or the user; of the link in a mail, what was filled in there, or its mail address. */
  readonly name: string
  readonly role: Role
  /** Where from: an IP address, `socket`, or what of the system it was (`SIGHUP`, a file). */
  readonly from: string
  /** How that is known. */
  readonly by: 'token' | 'session' | 'proxy' | 'link' | 'socket' | 'loopback' | 'system'
}
