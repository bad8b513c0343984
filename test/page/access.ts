import { openState } from '../../src/state/index.ts'
import type { PageAccess } from '../../src/server/access/access.ts'
import { OnceKeys } from '../../src/server/access/once.ts'
import { startServer, type RunningServer, type ServerOptions } from '../../src/server/server.ts'
import type { Role } from '../../src/core/caller.ts'

/** Who may come in to a server of a test, and the headers of those who do, by their role. */
export function testAccess(mode: PageAccess['mode'] = 'loopback', clock: PageAccess['clock'] = () => 0) {
  const records = openState(undefined)
  const tokenOf = (role: Role, name: string = role): string => {
    const secret = records.addToken({ name, role, created: clock() })
    if (secret === undefined) throw new Error(`there is a token ${name}`)
    return secret
  }
  const as = (role: Role, name?: string): { readonly authorization: string } => ({
    authorization: `Bearer ${tokenOf(role, name)}`
  })
  return { access: { mode, records, once: new OnceKeys(clock), clock }, as, tokenOf }
}

/** A server that programs on this machine may read, and nobody may act on, unless it is said otherwise. */
export function startTestServer(
  options: Omit<ServerOptions, 'access'> & Partial<Pick<ServerOptions, 'access'>>
): Promise<RunningServer> {
  return startServer({ access: testAccess().access, ...options })
}
