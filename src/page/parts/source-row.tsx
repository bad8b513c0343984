import type { ComponentChildren, JSX } from 'preact'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import type { SourceStatus } from '../../server/api-types.ts'
import { bytesText, countText, durationText, rateText } from '../format/numbers.ts'
import { shortTime } from '../format/times.ts'
import { account, toggled } from '../state/accounts.ts'
import { StreamAccounts } from './accounts.tsx'
import { LogText } from './log-text.tsx'

interface SourceRowProps {
  readonly source: SourceStatus
  readonly now: number
}

/** Waiting for the store for less is how it takes its turns, and not shown. */
const MIN_HELD: Millis = SECOND_MS

/** One source: state, speed, lag; its format, counters and streams when opened. */
export function SourceRow({ source, now }: SourceRowProps): JSX.Element {
  const { name, state, format, lag, counters, held = 0 } = source
  const { lost = 0 } = source.account ?? {}
  return (
    <li class={`source ${state}`}>
      <details open={state === 'problem'} onToggle={({ currentTarget }) => toggled(name, currentTarget.open)}>
        <summary>
          <i class="dot" aria-hidden="true" />
          <span class="name">
            <LogText text={name} />
          </span>
          <span class="speed">
            {state === 'reading' ? (
              <>
                <b>{rateText(source.rate)}</b>/s
              </>
            ) : (
              state
            )}
          </span>
          <span class="facts">
            {format && <span>{format.name}</span>}
            <span>{lag.bytes === 0 ? 'no lag' : lagText(source)}</span>
            {held >= MIN_HELD && (
              <span class="bad">waits for the store: {durationText(held / SECOND_MS)}</span>
            )}
            {lost > 0 && <span class="bad">{lostText(source)}</span>}
            {counters.rejected > 0 && <span class="bad">{countText(counters.rejected)} rejected</span>}
            {counters.late > 0 && <span>{countText(counters.late)} late</span>}
          </span>
        </summary>
        <SourceDetails source={source} now={now} />
      </details>
    </li>
  )
}

const MAX_STREAMS = 20

function SourceDetails({ source, now }: SourceRowProps): JSX.Element {
  const { name, format, counters, latest, streams, detail, losses = [] } = source
  const known = account.answer.value?.sources.some(one => one.name === name && one.streams.length > 0)
  return (
    <dl class="details">
      {detail && <Detail name="State">{detail}</Detail>}
      {format && (
        <Detail name="Format">
          <code>
            <LogText text={format.text} />
          </code>
          <br />
          {format.why}
        </Detail>
      )}
      <Detail name="Lines">
        {countText(counters.read)} = {countText(counters.parsed)} parsed + {countText(counters.rejected)}{' '}
        rejected + {countText(counters.late)} late
      </Detail>
      {latest !== undefined && <Detail name="Newest event">{shortTime(latest, now)}</Detail>}
      {losses.length > 0 && (
        <Detail name="Lost">
          {losses.map(text => (
            <p class="bad">
              <LogText text={text} />
            </p>
          ))}
        </Detail>
      )}
      {known ? <StreamAccounts source={name} /> : <Streams streams={streams} />}
    </dl>
  )
}

/** Where the streams are that are being read, while no more is known of them. */
function Streams({ streams }: Pick<SourceStatus, 'streams'>): JSX.Element {
  return (
    <Detail name={streams.length === 1 ? 'Stream' : `${countText(streams.length)} streams`}>
      <ul>
        {streams.slice(0, MAX_STREAMS).map(stream => (
          <li>
            <LogText text={stream.name} />
            <span class="faint">
              {' '}
              at {bytesText(stream.offset)}
              {stream.pending > 0 && `, ${bytesText(stream.pending)} to go`}
            </span>
          </li>
        ))}
        {streams.length > MAX_STREAMS && <li class="faint">and {streams.length - MAX_STREAMS} more</li>}
      </ul>
    </Detail>
  )
}

interface DetailProps {
  readonly name: string
  readonly children: ComponentChildren
}

function Detail({ name, children }: DetailProps): JSX.Element {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

function lostText({ account: all }: SourceStatus): string {
  const { unit = 'bytes', lost = 0 } = all ?? {}
  return `${unit === 'bytes' ? bytesText(lost) : `${countText(lost)} messages`} lost`
}

function lagText({ lag }: SourceStatus): string {
  const time = lag.seconds === undefined ? '' : ` (${durationText(lag.seconds)})`
  return `${bytesText(lag.bytes)} behind${time}`
}
