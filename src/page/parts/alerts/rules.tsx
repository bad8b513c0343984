import type { JSX } from 'preact'
import type { RuleStatus } from '../../../server/alerts/types.ts'
import { countText } from '../../format/numbers.ts'
import { dateAndTime, shortTime } from '../../format/times.ts'
import { alerts } from '../../state/alerts.ts'
import { status } from '../../state/live.ts'
import { LogText } from '../log-text.tsx'
import { SearchLink } from '../search-link.tsx'

/** The rules that watch, and how each stands. */
export function RuleList(): JSX.Element {
  return (
    <ul class="rows" aria-label="Rules">
      {alerts.answer.value?.rules.map(rule => (
        <li key={rule.name} class="rule">
          <p>
            <LogText text={rule.title} /> <code class="faint">{rule.name}</code>
          </p>
          <p class={`severity ${rule.severity}`}>{rule.severity}</p>
          <LooksAt {...rule} />
          <Stands {...rule} />
          <LastFired {...rule} />
        </li>
      ))}
    </ul>
  )
}

function LooksAt({ type, where, by }: RuleStatus): JSX.Element {
  return (
    <p>
      {type}
      {where !== '' && (
        <>
          {' of '}
          <SearchLink query={where}>
            <code>
              <LogText text={where} />
            </code>
          </SearchLink>
        </>
      )}
      {by.length > 0 && <span class="faint"> by {by.join(', ')}</span>}
    </p>
  )
}

function Stands({ firing, pending, waits }: RuleStatus): JSX.Element {
  if (firing > 0) return <p class="bad">{countText(firing)} firing</p>
  if (pending > 0) return <p>{countText(pending)} pending</p>
  return <p class="faint">{waits ?? 'calm'}</p>
}

function LastFired({ last }: RuleStatus): JSX.Element {
  if (last === undefined) return <p class="last faint">never fired</p>
  return (
    <p class="last" title={dateAndTime(last)}>
      <span class="faint">last fired</span> {shortTime(last, status.value?.now ?? 0)}
    </p>
  )
}
