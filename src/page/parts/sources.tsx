import type { JSX } from 'preact'
import type { Counters } from '../../core/source.ts'
import type { LineRates, Status } from '../../server/api-types.ts'
import { bytesText, countText, rateText } from '../format/numbers.ts'
import { visibleText } from '../format/text.ts'
import { dateAndTime, shortTime } from '../format/times.ts'
import { SourceRow } from './source-row.tsx'
import { Sparkline, Ticks } from './sparkline.tsx'

/** What comes in: speed, sources, and whether every line is accounted for. */
export function Sources({ status }: { readonly status: Status }): JSX.Element {
  const { store, started, now } = status
  return (
    <aside class="panel intake" aria-label="Intake">
      <h2>Lines per second</h2>
      <Rates rates={status.rates} />
      <h2>Sources</h2>
      <ul class="sources">
        {status.sources.map(source => (
          <SourceRow key={source.name} source={source} now={now} />
        ))}
      </ul>
      <h2>
        Counters <span class="faint">{bytesText(status.counters.bytes)}</span>
      </h2>
      <CountersLine counters={status.counters} />
      <p class="store">
        Store: {countText(store.rows)} rows, {bytesText(store.bytes)}
        {store.lastCommit !== undefined && `, saved ${shortTime(store.lastCommit, now)}`}
        {store.failure !== undefined && (
          <strong class="failure"> cannot be written: {visibleText(store.failure)}</strong>
        )}
        <br />
        <span title={`version ${status.version}`}>Running since {dateAndTime(started)}</span>
      </p>
    </aside>
  )
}

/** Lines per second over the last five minutes, rejected ones marked below. */
function Rates({ rates }: { readonly rates: LineRates }): JSX.Element {
  const peak = rateText(Math.max(0, ...rates.read))
  return (
    <Sparkline values={rates.read} label={label(rates, peak)} note={`peak ${peak}/s`}>
      <Ticks values={rates.rejected} />
    </Sparkline>
  )
}

function label({ read, rejected }: LineRates, peak: string): string {
  const bad = rejected.reduce((sum, value) => sum + value, 0)
  return `Lines per second in the last five minutes: now ${rateText(read.at(-1) ?? 0)}, at most ${peak}; ${rateText(bad)} rejected in all`
}

/** The promise that no line is lost, with its numbers: read = parsed + rejected + late. */
function CountersLine({ counters }: { readonly counters: Counters }): JSX.Element {
  const balanced = counters.read === counters.parsed + counters.rejected + counters.late
  return (
    <div class={balanced ? 'counters' : 'counters broken'}>
      <dl>
        <Entry name="read" value={counters.read} />
        <Entry name="parsed" value={counters.parsed} sign="=" />
        <Entry name="rejected" value={counters.rejected} sign="+" />
        <Entry name="late" value={counters.late} sign="+" />
      </dl>
      <p>
        {balanced ? '✓ counters balance' : '✗ counters do not balance: please report this'}
        <span class="faint">: read = parsed + rejected + late</span>
      </p>
    </div>
  )
}

interface EntryProps {
  readonly name: string
  readonly value: number
  readonly sign?: string
}

function Entry({ name, value, sign }: EntryProps): JSX.Element {
  return (
    <div class={value > 0 ? name : `${name} none`}>
      <dt>
        {sign && <span aria-hidden="true">{sign} </span>}
        {name.charAt(0).toUpperCase() + name.slice(1)}
      </dt>
      <dd data-counters={name}>{countText(value)}</dd>
    </div>
  )
}
