import * as z from 'zod'
import type { RecordAct } from '../core/act.ts'
import type { Clock } from '../core/time.ts'
import type { Subscriptions } from '../notifiers/kind.ts'
import type { SubscriptionsService } from '../server/reports/unsubscribe.ts'
import { signedTokens } from '../server/tokens.ts'
import type { StateStore } from '../state/index.ts'

const signed = z.tuple([z.string(), z.string()])

/**
 * Who gets the reports of schedules, as notifiers and the server see it. `url` is where people reach the page; without it nobody
 * could follow a link.
 */
export function subscriptionsOf(
  state: StateStore,
  clock: Clock,
  url: string | undefined,
  record: RecordAct = () => {}
): { readonly notifiers: Subscriptions; readonly server: SubscriptionsService } {
  const tokens = signedTokens(state.secret('unsubscribe'))
  const has = (schedule: string, address: string): boolean =>
    !state.unsubscribed().some(one => one.schedule === schedule && one.address === address.toLowerCase())
  return {
    notifiers: {
      has,
      ...(url !== undefined && {
        link: (schedule, address) => `${url}unsubscribe/${tokens.sign([schedule, address])}`
      })
    },
    server: {
      read(token) {
        const { data } = signed.safeParse(tokens.read(token))
        return data && { schedule: data[0], address: data[1] }
      },
      has: ({ schedule, address }) => has(schedule, address),
      end: (subscription, caller) => {
        state.unsubscribe({ ...subscription, at: clock() })
        record(caller, { what: 'unsubscribe', about: aboutOf(subscription) })
      },
      renew: (subscription, caller) => {
        state.resubscribe(subscription)
        record(caller, { what: 'resubscribe', about: aboutOf(subscription) })
      }
    }
  }
}

function aboutOf({ schedule, address }: { readonly schedule: string; readonly address: string }): string {
  return `${address} of the reports ${schedule}`
}
