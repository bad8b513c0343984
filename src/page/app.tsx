import type { JSX } from 'preact'
import type { Status } from '../server/api-types.ts'
import { LASTING } from './format/engine.ts'
import { dateAndTime, shortTime, zone } from './format/times.ts'
import { AlertsPanel } from './parts/alerts/panel.tsx'
import { Breakdowns } from './parts/breakdowns.tsx'
import { EnginePanel } from './parts/engine.tsx'
import { Header } from './parts/header.tsx'
import { Headline } from './parts/headline.tsx'
import { Lines } from './parts/lines.tsx'
import { LogText } from './parts/log-text.tsx'
import { ReportsPanel } from './parts/reports.tsx'
import { Search } from './parts/search.tsx'
import { Sources } from './parts/sources.tsx'
import { Timelines } from './parts/timelines.tsx'
import { NothingHere, Waiting } from './parts/waiting.tsx'
import { connection, status } from './state/live.ts'
import { failure, period, summary } from './state/summary.ts'

/** The whole page. */
export function Page(): JSX.Element {
  const now = status.value
  return (
    <>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <Header />
      <Trouble />
      <main id="content" tabIndex={-1} class={isStale() ? 'stale' : ''}>
        {now && (
          <>
            {now.alerts && <AlertsPanel standing={now.alerts} />}
            {now.reports && <ReportsPanel standing={now.reports} />}
            {now.counters.read > 0 && <Search />}
            <div class="overview">
              <div class="story">{now.counters.read === 0 ? <Waiting status={now} /> : <Period />}</div>
              <Sources status={now} />
            </div>
            {now.engine && <EnginePanel engine={now.engine} now={now.now} />}
            {summary.value && <Breakdowns metrics={summary.value.metrics} />}
            {now.lines.length > 0 && <Lines status={now} />}
          </>
        )}
      </main>
    </>
  )
}

/** Whether what is shown is not what was asked for: the connection is lost, or another period is under way. */
function isStale(): boolean {
  return connection.value === 'lost' || (summary.value !== undefined && summary.value.period !== period.value)
}

/** What is wrong with the page itself, if anything. */
function Trouble(): JSX.Element {
  const now = status.value
  return (
    <div role="status">
      {connection.value === 'lost' && (
        <p class="trouble">
          Connection to Visor lost, trying again.
          {now && ` What you see is of ${dateAndTime(now.now)}.`}
        </p>
      )}
      {connection.value === 'live' && now && <StoreTrouble status={now} />}
      {connection.value === 'live' && now && <EngineTrouble status={now} />}
      {connection.value === 'live' && failure.value !== undefined && (
        <p class="trouble">This period could not be loaded: {failure.value}</p>
      )}
    </div>
  )
}

/** Nothing comes in while the store cannot be written; what else of what is kept is in trouble. */
function StoreTrouble({ status: { now, store, problems } }: { readonly status: Status }): JSX.Element {
  return (
    <>
      {store.failure !== undefined && (
        <p class="trouble">
          Nothing new is stored since {shortTime(store.failingSince ?? now, now)}, reading waits, nothing is
          lost: <LogText text={store.failure} />
        </p>
      )}
      {problems?.map(problem => (
        <p key={problem} class="trouble">
          <LogText text={problem} />
        </p>
      ))}
    </>
  )
}

/** What is shown does not move while an engine fails: that is said above all, once it lasts. */
function EngineTrouble({ status: { now, engine } }: { readonly status: Status }): JSX.Element | null {
  if (!engine?.failure || now - engine.failure.since < LASTING) return null
  return (
    <p class="trouble">
      Nothing new is stored since {shortTime(engine.failure.since, now)}:{' '}
      <LogText text={engine.failure.message} />. <a href="#engine">What Visor does about it</a>
    </p>
  )
}

/** Numbers and charts of the chosen period. */
function Period(): JSX.Element | null {
  const now = status.value
  const shown = summary.value
  if (!now || !shown) return null
  if (shown.metrics.length === 0) return <NothingHere status={now} />
  return (
    <>
      <Headline metrics={shown.metrics} />
      <Timelines metrics={shown.metrics} />
      <p class="frame">
        {dateAndTime(shown.from)} – {dateAndTime(Math.min(shown.to, now.now))}
        <span class="faint"> · times in {zone(now.now)}</span>
      </p>
    </>
  )
}
