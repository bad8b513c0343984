import { openState } from '../../src/state/index.ts'
import type { PageAccess } from '../../src/server/access/access.ts'
import type { Role } from '../../src/core/caller.ts'

/** Who may come in to a server of a test, and the headers of those who do, by their role. */
export function testAccess(mode: PageAccess['mode'] = 'loopback', clock: PageAccess['clock'] = () => 0) {
  const records = openState(undefined)
  const as = (role: Role, name: string = role): { readonly authorization: string } => {
    const secret = records.addToken({ name, role, created: clock() })
    return { authorization: `Bearer ${secret}` }
  }
  return { access: { mode, records, clock }, as }
}
