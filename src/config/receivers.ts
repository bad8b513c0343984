import * as z from 'zod'
import { receiverRulesOptions, type ReceiverRules } from '../alerts/notifications/options.ts'
import { DEFAULT_RECEIVERS, NOTIFIERS } from '../notifiers/index.ts'

const name = z.string().regex(/^[\w.-]{1,64}$/, 'expected a name of letters, digits, ".", "_" and "-"')

/** The receivers of alerts, each under a name: of any of these kinds. */
export function receiversSetting(kinds = NOTIFIERS) {
  return z
    .record(name, receiverOf(kinds))
    .prefault(DEFAULT_RECEIVERS)
    .describe('Who gets notifications of alerts, each under a name; a mailbox beside the store when absent.')
}

/** How a receiver is reached, and when it is sent something. */
function receiverOf(kinds: typeof NOTIFIERS) {
  const [first, ...others] = kinds.map(({ name, summary, options }) =>
    options.safeExtend({
      type: z.literal(name).describe(`What kind of receiver it is: ${summary}.`),
      ...receiverRulesOptions.shape
    })
  )
  if (!first) throw new RangeError('there is no kind of receiver')
  return z.discriminatedUnion('type', [first, ...others]).pipe(
    z.looseObject({
      type: z.string(),
      minSeverity: z.custom<ReceiverRules['minSeverity']>().optional(),
      muteTimes: z.custom<ReceiverRules['muteTimes']>().optional(),
      rateLimit: z.custom<ReceiverRules['rateLimit']>()
    })
  )
}
