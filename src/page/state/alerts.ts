import { computed, effect, signal } from '@preact/signals'
import type { Transition } from '../../alerts/model.ts'
import type { ActsAnswer } from '../../server/acts.ts'
import type {
  AlertsAnswer,
  AlertsStatus,
  HistoryAnswer,
  MailHead,
  MailsAnswer
} from '../../server/alerts/types.ts'
import { addressed } from './address.ts'
import { getAnswer } from './ask.ts'
import { askCaller } from './caller.ts'
import { messageOf, poll, type Poll } from './poll.ts'
import { status } from './live.ts'
import { followed } from './revision.ts'

/** What the panel of alerts can show, besides being closed. */
export type View = 'now' | 'history' | 'rules' | 'silences' | 'deliveries' | 'acts'

/** How alerts stand; `undefined` where no rules are evaluated. */
export const standing = computed<AlertsStatus | undefined>(() => status.value?.alerts)

/** How many fire, and how many are about to. */
export const firing = computed(() => sum(standing.value?.firing))
export const pending = computed(() => sum(standing.value?.pending))

const chosen = signal<View | 'closed' | undefined>(addressed('alert') === undefined ? undefined : 'now')

/** What is shown: what the reader chose, else the alerts while there are any. */
export const view = computed<View | 'closed'>(
  () => chosen.value ?? (firing.value + pending.value > 0 ? 'now' : 'closed')
)

/** Shows something, or closes it where it is shown already. */
export function show(next: View): void {
  chosen.value = view.peek() === next ? 'closed' : next
}

/** Shows the alerts as they are now. */
export function showNow(): void {
  chosen.value = 'now'
}

/** The alerts that are opened, by id. The address may name one: mails lead there. */
export const opened = signal<ReadonlySet<string>>(new Set([addressed('alert') ?? '']))

/** Opens an alert, or closes it. */
export function toggle(id: string): void {
  const next = new Set(opened.peek())
  if (!next.delete(id)) next.add(id)
  opened.value = next
}

/** Grows with what this page has sent, so that what comes of it is seen at once. */
const sent = signal(0)

const changes = followed(computed(() => standing.value?.revision))

/** All alerts, kept up to date. */
export const alerts = poll<AlertsAnswer>(() =>
  question(true, call => changes.ask(() => getAnswer<AlertsAnswer>('alerts', new URLSearchParams(), call)))
)

/** What happened to alerts, the newest first. */
export const history = poll<readonly Transition[]>(() =>
  question(view.value === 'history', async call => {
    const params = new URLSearchParams({ limit: '200' })
    return (await getAnswer<HistoryAnswer>('alerts/history', params, call)).transitions
  })
)

/** The local mailbox. */
export const mails = poll<readonly MailHead[]>(() =>
  question(view.value === 'deliveries', async call => {
    return (await getAnswer<MailsAnswer>('mails', new URLSearchParams(), call)).mails
  })
)

/** What people did, the newest first. */
export const acts = poll<ActsAnswer['acts']>(() =>
  question(view.value === 'acts', async call => {
    return (await getAnswer<ActsAnswer>('acts', new URLSearchParams(), call)).acts
  })
)

/** A question about alerts, where there are any and it is wanted; asked anew when something has changed. */
function question<Answer>(wanted: boolean, load: Poll<Answer>['load']): Poll<Answer> | undefined {
  const revision = changes.revision.value
  if (!standing.value || revision === undefined || !wanted) return undefined
  return { key: `${revision} ${sent.value}`, load }
}

/** Changes something. Resolves with what was wrong, `undefined` when it was done. */
export async function change(path: string, body: object): Promise<string | undefined> {
  try {
    const response = await fetch(`./api/alerts/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body)
    })
    if (response.status === 401) void askCaller()
    return response.ok ? undefined : (await response.json()).error
  } catch (error) {
    return messageOf(error)
  } finally {
    sent.value++
  }
}

/** Keeps the title of the page up to date: how many alerts fire. */
export function followAlerts(): void {
  effect(() => {
    document.title = firing.value > 0 ? `(${firing.value}) Visor` : 'Visor'
  })
}

function sum(counts: AlertsStatus['firing'] | undefined): number {
  return counts ? counts.info + counts.warning + counts.critical : 0
}
