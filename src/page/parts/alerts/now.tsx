import { useSignal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import type { AlertView } from '../../../alerts/model.ts'
import { countText } from '../../format/numbers.ts'
import { alerts, firing as firingCount, opened, pending as pendingCount } from '../../state/alerts.ts'
import { AlertItem } from './row.tsx'

/** Alerts that fire, those that are about to, and those that are over. */
export function AlertsNow(): JSX.Element {
  const { firing = [], pending = [], resolved = [] } = alerts.answer.value ?? {}
  const none = firing.length + pending.length + resolved.length === 0
  return (
    <>
      <Group name="firing" alerts={firing} total={firingCount.value} few={10} />
      <Group name="pending" alerts={pending} total={pendingCount.value} few={3}>
        <h3>Pending</h3>
      </Group>
      <Group name="resolved" alerts={resolved} total={resolved.length} few={3}>
        <h3>
          Resolved <span class="faint">in the last day</span>
        </h3>
      </Group>
      {none && <p class="nothing">Nothing fires, and nothing has in the last day.</p>}
    </>
  )
}

interface GroupProps {
  readonly name: string
  readonly alerts: readonly AlertView[]
  /** How many there are: the server does not list all when they are very many. */
  readonly total: number
  /** How many are shown before the rest is asked for, besides those that are opened. */
  readonly few: number
  readonly children?: ComponentChildren
}

function Group({ name, alerts, total, few, children }: GroupProps): JSX.Element | null {
  const all = useSignal(false)
  if (alerts.length === 0) return null
  const shown = alerts.filter(({ id }, i) => all.value || i < few || opened.value.has(id))
  return (
    <>
      {children}
      <ul class={`rows ${name}`}>
        {shown.map(alert => (
          <AlertItem key={alert.id} alert={alert} />
        ))}
      </ul>
      {alerts.length > few && (
        <button type="button" class="text more" onClick={() => void (all.value = !all.value)}>
          {all.value ? 'Fewer' : `${countText(Math.max(total, alerts.length) - shown.length)} more`}
          <span class="hidden"> {name} alerts</span>
        </button>
      )}
      {all.value && total > alerts.length && (
        <p class="nothing">And {countText(total - alerts.length)} more that are not listed.</p>
      )}
    </>
  )
}
