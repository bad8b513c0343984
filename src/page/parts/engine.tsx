import type { JSX } from 'preact'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import type { WatchedEngine } from '../../server/api-types.ts'
import { outlookText, STATES, waitingText, webAddress } from '../format/engine.ts'
import { countText, durationText, rateText, shortCount } from '../format/numbers.ts'
import { shortTime } from '../format/times.ts'
import { LogText } from './log-text.tsx'
import { Sparkline } from './sparkline.tsx'

interface EngineProps {
  readonly engine: WatchedEngine
  readonly now: Millis
}

/** An engine that runs elsewhere: how it stands, what waits for it, how quick it is. */
export function EnginePanel({ engine, now }: EngineProps): JSX.Element {
  const { name, page } = engine
  const address = webAddress(page)
  return (
    <section class="group engine" id="engine" aria-labelledby="engine-title">
      <h2 id="engine-title">
        Engine{' '}
        <span class="faint">
          <LogText text={name} />
        </span>
        {address !== undefined && (
          <a href={address} target="_blank" rel="noopener noreferrer">
            its own page<span aria-hidden="true"> ↗</span>
          </a>
        )}
      </h2>
      <div class="panel">
        <State engine={engine} now={now} />
        <Lag engine={engine} />
        <Batches engine={engine} />
      </div>
    </section>
  )
}

function State({ engine, now }: EngineProps): JSX.Element {
  const { state, detail, failure } = engine
  return (
    <div class={`state ${state}`}>
      <h3>
        <i class="dot" aria-hidden="true" />
        {STATES[state]}
        {failure && <Since failure={failure} now={now} />}
      </h3>
      {failure && (
        <p class="failure">
          <LogText text={failure.message} />
        </p>
      )}
      {detail !== '' && (
        <p>
          <LogText text={detail} />
        </p>
      )}
      <Resources engine={engine} />
    </div>
  )
}

/** What it has to work with, as far as it is known. */
function Resources({ engine: { executors, cores } }: Pick<EngineProps, 'engine'>): JSX.Element | null {
  const known = [counted(executors, 'executor'), counted(cores, 'core')].filter(text => text !== undefined)
  return known.length === 0 ? null : <p class="faint">{known.join(' · ')}</p>
}

function counted(count: number | undefined, thing: string): string | undefined {
  return count === undefined ? undefined : `${countText(count)} ${thing}${count === 1 ? '' : 's'}`
}

interface SinceProps {
  readonly failure: NonNullable<WatchedEngine['failure']>
  readonly now: Millis
}

function Since({ failure: { since, attempts }, now }: SinceProps): JSX.Element {
  return (
    <span class="faint">
      {' '}
      since {shortTime(since, now)}, {counted(attempts, 'attempt')}
    </span>
  )
}

/** What waits: how much, since when it gets less or more, and where. */
function Lag({ engine }: Pick<EngineProps, 'engine'>): JSX.Element {
  const { behind = {}, history, lag, batch } = engine
  const text = waitingText(behind)
  const outlook = outlookText(engine)
  const charted = (['messages', 'bytes'] as const).filter(unit =>
    history[unit].some(value => value !== null && value > 0)
  )
  return (
    <div class="lag">
      <h3>
        Lag
        <span class="faint"> {text === '' ? 'not known' : text}</span>
        {outlook !== undefined && <span class="outlook">{outlook}</span>}
      </h3>
      <div class="parts">
        {charted.map(unit => (
          <Sparkline
            key={unit}
            values={history[unit]}
            // What takes less than a second is how batches take their turns.
            {...(unit === 'messages' && { least: Math.max(1, batch?.rowsPerSecond ?? 1) })}
            label={`What waited in the last five minutes, at most ${most(history[unit], unit)}`}
            note={`at most ${most(history[unit], unit)}`}
          />
        ))}
        {lag.length > 0 && <Streams lag={lag} />}
      </div>
    </div>
  )
}

function most(values: readonly (number | null)[], unit: 'messages' | 'bytes'): string {
  return waitingText({ [unit]: Math.max(0, ...values.map(value => value ?? 0)) })
}

/** How many streams are shown, those with the most first. */
const MAX_STREAMS = 8

/** Bars are as long as what waits is beside the most of its unit. */
function Streams({ lag }: Pick<WatchedEngine, 'lag'>): JSX.Element {
  const largest = {
    messages: Math.max(1, ...lag.map(({ messages = 0 }) => messages)),
    bytes: Math.max(1, ...lag.map(({ bytes = 0 }) => bytes))
  }
  const share = ({ messages, bytes = 0 }: WatchedEngine['lag'][number]): number =>
    messages === undefined ? bytes / largest.bytes : messages / largest.messages
  return (
    <ul class="streams">
      {lag.slice(0, MAX_STREAMS).map(one => (
        <li key={one.stream}>
          <i class="share" style={{ width: `${(100 * share(one)).toFixed(2)}%` }} aria-hidden="true" />
          <span class="name">
            <LogText text={one.stream} />
          </span>
          <span class="amount">
            {one.messages === undefined ? waitingText(one) : shortCount(one.messages)}
          </span>
        </li>
      ))}
      {lag.length > MAX_STREAMS && <li class="faint">and {lag.length - MAX_STREAMS} more</li>}
    </ul>
  )
}

/** How quick the last batches were. */
function Batches({ engine: { batch, history, failure } }: Pick<EngineProps, 'engine'>): JSX.Element {
  if (!batch)
    return (
      <div class="batches">
        <h3>
          Batches <span class="faint">none yet</span>
        </h3>
      </div>
    )
  const [p50, p99, last] = [batch.p50, batch.p99, batch.last].map(time => durationText(time / SECOND_MS))
  return (
    <div class="batches">
      <h3>
        Batches <span class="faint">{failure && 'before it failed'}</span>
      </h3>
      <dl>
        <Figure name="median" value={p50} />
        <Figure name="p99" value={p99} />
        <Figure name="rows per second" value={rateText(batch.rowsPerSecond)} />
        <Figure name={batch.tasks === 1 ? 'task' : 'tasks'} value={countText(batch.tasks)} />
      </dl>
      <Sparkline
        values={history.batch}
        label={`Time of a batch in the last five minutes: median ${p50}, last ${last}`}
        note={`last ${last}`}
      />
    </div>
  )
}

function Figure({ name, value }: { readonly name: string; readonly value: string | undefined }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd data-engine={name}>{value}</dd>
    </div>
  )
}
