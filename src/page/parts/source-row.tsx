import type { ComponentChildren, JSX } from 'preact'
import type { SourceStatus } from '../../server/api-types.ts'
import { bytes, count, duration, rate } from '../format/numbers.ts'
import { moment } from '../format/times.ts'
import { LogText } from './log-text.tsx'

interface SourceRowProps {
  readonly source: SourceStatus
  readonly now: number
}

/** Milliseconds from which on waiting for the store is worth a word: less is how it takes its turns. */
const TELLS_HELD = 1000

/** One source: state, speed, lag; its format, counters and streams when opened. */
export function SourceRow({ source, now }: SourceRowProps): JSX.Element {
  const { name, state, format, lag, counters, held = 0 } = source
  return (
    <li class={`source ${state}`}>
      <details open={state === 'problem'}>
        <summary>
          <i class="dot" aria-hidden="true" />
          <span class="name">
            <LogText text={name} />
          </span>
          <span class="speed">
            {state === 'reading' ? (
              <>
                <b>{rate(source.rate)}</b>/s
              </>
            ) : (
              state
            )}
          </span>
          <span class="facts">
            {format && <span>{format.name}</span>}
            <span>{lag.bytes === 0 ? 'no lag' : lagText(source)}</span>
            {held >= TELLS_HELD && <span class="bad">waits for the store: {duration(held / 1000)}</span>}
            {counters.rejected > 0 && <span class="bad">{count(counters.rejected)} rejected</span>}
            {counters.late > 0 && <span>{count(counters.late)} late</span>}
          </span>
        </summary>
        <SourceDetails source={source} now={now} />
      </details>
    </li>
  )
}

const MOST_STREAMS = 20

function SourceDetails({ source, now }: SourceRowProps): JSX.Element {
  const { format, counters, latest, streams, detail } = source
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
        {count(counters.read)} = {count(counters.parsed)} parsed + {count(counters.rejected)} rejected +{' '}
        {count(counters.late)} late
      </Detail>
      {latest !== undefined && <Detail name="Newest event">{moment(latest, now)}</Detail>}
      <Detail name={streams.length === 1 ? 'Stream' : `${count(streams.length)} streams`}>
        <ul>
          {streams.slice(0, MOST_STREAMS).map(stream => (
            <li>
              <LogText text={stream.name} />
              <span class="faint">
                {' '}
                at {bytes(stream.offset)}
                {stream.pending > 0 && `, ${bytes(stream.pending)} to go`}
              </span>
            </li>
          ))}
          {streams.length > MOST_STREAMS && <li class="faint">and {streams.length - MOST_STREAMS} more</li>}
        </ul>
      </Detail>
    </dl>
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

function lagText({ lag }: SourceStatus): string {
  const time = lag.seconds === undefined ? '' : ` (${duration(lag.seconds)})`
  return `${bytes(lag.bytes)} behind${time}`
}
