import * as z from 'zod'
import { receiverRulesOptions, type ReceiverRules } from '../alerts/notifications/options.ts'
import { DEFAULT_RECEIVERS, NOTIFIERS } from '../notifiers/index.ts'

const [first, ...others] = NOTIFIERS.map(({ name, summary, options }) =>
  options.safeExtend({
    type: z.literal(name).describe(`What kind of receiver it is: ${summary}.`),
    ...receiverRulesOptions.shape
  })
)
if (!first) throw new RangeError('there is no kind of receiver')

/** A receiver of any kind: how it is reached, and what it is sent. */
const receiver = z.discriminatedUnion('type', [first, ...others]).pipe(
  z.looseObject({
    type: z.string(),
    minSeverity: z.custom<ReceiverRules['minSeverity']>().optional(),
    muteTimes: z.custom<ReceiverRules['muteTimes']>().optional(),
    rateLimit: z.custom<ReceiverRules['rateLimit']>()
  })
)

const name = z.string().regex(/^[\w.-]{1,64}$/, 'expected a name of letters, digits, ".", "_" and "-"')

/** Those who get notifications of alerts, each under a name. */
export const receivers = z
  .record(name, receiver)
  .prefault(DEFAULT_RECEIVERS)
  .describe('Who gets notifications of alerts, each under a name; a mailbox beside the store when absent.')
