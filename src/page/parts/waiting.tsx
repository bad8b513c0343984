import type { JSX } from 'preact'
import type { Status } from '../../server/api-types.ts'
import { dateAndTime } from '../format/times.ts'
import { PERIOD_CHOICES } from '../format/periods.ts'
import { period } from '../state/summary.ts'
import { LogText } from './log-text.tsx'

/** Shown until the first line of all has come. */
export function Waiting({ status }: { readonly status: Status }): JSX.Element {
  const names = status.sources.flatMap(({ name, streams }) =>
    streams.length > 0 ? streams.map(stream => stream.name) : [name]
  )
  return (
    <section class="empty" role="status">
      <h2>{names.length > 0 ? 'Waiting for the first line' : 'There is no source to read'}</h2>
      {names.length > 0 ? (
        <ul>
          {names.slice(0, 8).map(name => (
            <li key={name}>
              <code>
                <LogText text={name} />
              </code>
            </li>
          ))}
          {names.length > 8 && <li>and {names.length - 8} more</li>}
        </ul>
      ) : (
        <p>Name a log file on the command line or in the configuration.</p>
      )}
      <p class="faint">As soon as the server writes one, it shows here. There is no need to reload.</p>
    </section>
  )
}

/** Shown when there are lines, but none in the chosen period. */
export function NothingHere({ status }: { readonly status: Status }): JSX.Element {
  const latest = Math.max(...status.sources.map(source => source.latest ?? -Infinity))
  const words = PERIOD_CHOICES.find(choice => choice.period === period.value)?.words
  return (
    <section class="empty" role="status">
      <h2>No lines {words}</h2>
      {latest > -Infinity && <p>The newest event is of {dateAndTime(latest)}.</p>}
      {period.value !== 'all' && (
        <button type="button" onClick={() => void (period.value = 'all')}>
          Show everything
        </button>
      )}
    </section>
  )
}
