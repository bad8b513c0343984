import type { JSX } from 'preact'
import type { Status } from '../../server/api-types.ts'
import { bytes, count } from '../format/numbers.ts'
import { visible } from '../format/text.ts'
import { dateAndTime, moment } from '../format/times.ts'
import { CountersLine } from './counters.tsx'
import { SourceRow } from './source-row.tsx'
import { Spark } from './spark.tsx'

/** What comes in: speed, sources, and whether every line is accounted for. */
export function Sources({ status }: { readonly status: Status }): JSX.Element {
  const { store, started, now } = status
  return (
    <aside class="panel intake" aria-label="Intake">
      <h2>Lines a second</h2>
      <Spark rates={status.rates} />
      <h2>Sources</h2>
      <ul class="sources">
        {status.sources.map(source => (
          <SourceRow key={source.name} source={source} now={now} />
        ))}
      </ul>
      <h2>
        Lines in all <span class="faint">{bytes(status.counters.bytes)}</span>
      </h2>
      <CountersLine counters={status.counters} />
      <p class="store">
        Store: {count(store.rows)} rows, {bytes(store.bytes)}
        {store.lastCommit !== undefined && `, saved ${moment(store.lastCommit, now)}`}
        {store.failure !== undefined && (
          <strong class="failure"> cannot be written: {visible(store.failure)}</strong>
        )}
        <br />
        <span title={`version ${status.version}`}>Running since {dateAndTime(started)}</span>
      </p>
    </aside>
  )
}
