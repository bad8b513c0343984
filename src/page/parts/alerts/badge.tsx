import type { JSX } from 'preact'
import { countText } from '../../format/numbers.ts'
import { firing, showNow, standing } from '../../state/alerts.ts'

/** How many alerts fire, in the colour of the worst; quieter once somebody has all of them in hand. */
export function AlertsBadge(): JSX.Element | null {
  const now = standing.value
  if (!now) return null
  const { worst, acknowledged } = now
  const quiet = acknowledged >= firing.value
  return (
    <p class="badge" role="status">
      {worst && (
        <a class={quiet ? 'quiet' : worst} href="#alerts" onClick={showNow}>
          {countText(firing.value)} firing
          <span class="hidden">{quiet ? ', all in hand' : `, the worst is ${worst}`}</span>
        </a>
      )}
    </p>
  )
}
