import { evaluation } from '../life.ts'
import type { Alert } from '../model.ts'
import { composition } from './compose.ts'
import type { Flow, Stage } from './flow.ts'
import { inhibition } from './inhibition.ts'
import { muteTimes, outbox, rateLimit } from './receiver.ts'
import { deliveryRecord, retry, type Attempt } from './retry.ts'
import { acknowledgement, flapping, routing } from './routing.ts'
import { silences } from './silences.ts'
import { recovery, type Suppression, type SuppressionContext } from './suppression.ts'
import { deduplication, grouping } from './thread.ts'

/*
 * The way from what a rule found to a person, stage by stage, in the order in which they act. A stage is a pure function;
 * what is remembered between two steps is plain data (flow.ts). Whoever runs the stages keeps it:
 *
 *   each key of a rule that was evaluated     alerting.ts
 *   each alert of a group that fires          notifications.ts
 *   each receiver of a group                  notifications.ts
 *   each try to send what is in the outbox    state/dispatcher.ts
 */
export const PIPELINE = {
  /** What a rule found makes an alert pending, firing or resolved. */
  evaluation,

  /** What keeps all receivers from being notified of an alert. */
  suppression: [inhibition, silences, recovery],

  /** What a receiver is notified of, and when. */
  notification: [
    routing,
    flapping,
    acknowledgement,
    deduplication,
    grouping,
    composition,
    muteTimes,
    rateLimit,
    outbox
  ] satisfies readonly Stage[],

  /** What becomes of a notification once a receiver has answered. */
  delivery: [retry, deliveryRecord]
} as const

export function suppressionOf(alert: Alert, context: SuppressionContext): Suppression {
  return PIPELINE.suppression.reduce<Suppression>((found, stage) => stage(found, alert, context), {})
}

export function notified(flow: Flow): Flow {
  return PIPELINE.notification.reduce((flow, stage) => stage(flow), flow)
}

export function delivered(attempt: Attempt): Attempt {
  return PIPELINE.delivery.reduce((attempt, stage) => stage(attempt), attempt)
}
