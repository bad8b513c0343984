import * as z from 'zod'
import { ROLES } from '../../core/caller.ts'
import { VisorError } from '../../core/errors.ts'
import { DAY_MS, type Clock } from '../../core/time.ts'
import type { AccessRecords, AccessToken } from '../../state/types.ts'

/** What is to be known of a new token; `expires` is how long from now on, in milliseconds. Each may be a text. */
const adding = z.object({
  name: z
    .string('a name is missing')
    .regex(
      /^[\p{L}\p{N}][\p{L}\p{N}\p{M} ._@+-]{0,59}$/u,
      'a name begins with a letter or a digit, has 60 characters at most, and none but letters, digits, spaces and . _ @ + -'
    ),
  role: z.enum(ROLES, `a role is one of ${ROLES.join(', ')}`),
  expires: z.coerce
    .number()
    .min(1)
    .max(3650 * DAY_MS)
    .optional()
})

/** The tokens of a Visor, and what its admin does with them. */
export interface TokenKeeper {
  list(): AccessToken[]
  /** Makes one; gives its secret, which is not kept. @throws VisorError USAGE, where there is one of that name too */
  add(request: unknown): { readonly secret: string }
  /** @throws VisorError USAGE where there is none */
  revoke(name: string): void
}

export function tokenKeeper(records: AccessRecords, clock: Clock): TokenKeeper {
  return {
    list: () => records.tokens(),
    add(request) {
      const { data, error } = adding.safeParse(request)
      if (error)
        throw new VisorError('USAGE', error.issues[0]?.message ?? '', {
          remedy: 'See `visor token add --help`.'
        })
      const { name, role, expires } = data
      const created = clock()
      const until = expires !== undefined && { expires: created + expires }
      const secret = records.addToken({ name, role, created, ...until })
      if (secret !== undefined) return { secret }
      throw new VisorError('USAGE', `there is a token ${name} already`, {
        remedy: `Take another name, or revoke that one: \`visor token revoke '${name}'\`.`
      })
    },
    revoke(name) {
      if (records.revokeToken(name)) return
      throw new VisorError('USAGE', `there is no token ${name}`, { remedy: '`visor token list` shows them.' })
    }
  }
}
