import type { JSX } from 'preact'
import type { ReportsStatus, RunStatus, ScheduleStatus } from '../../server/reports/types.ts'
import { counted } from '../../core/units.ts'
import { RUN_STATES } from '../../reports/run.ts'
import { countText } from '../format/numbers.ts'
import { dateAndTime, shortTime } from '../format/times.ts'
import { status } from '../state/live.ts'
import { reportsShown, reports } from '../state/reports.ts'
import { Added, LogText } from './log-text.tsx'

const DELIVERIES: Readonly<Record<RunStatus['deliveries'][number]['state'], string>> = {
  waiting: 'waits',
  sent: 'sent',
  partly: 'sent to some',
  later: 'tried again later',
  failed: 'failed',
  unwanted: 'not sent'
}

/** Reports that are made at set times: one quiet line until somebody wants to see them. */
export function ReportsPanel({ standing }: { readonly standing: ReportsStatus }): JSX.Element {
  const { schedules, runs } = reports.answer.value ?? {}
  const shown = reportsShown.value && schedules && runs
  return (
    <section
      class={`alerts reports${shown ? ' panel' : ' calm'}`}
      id="reports"
      aria-labelledby="reports-title"
    >
      <div class="head">
        <h2 id="reports-title">Reports</h2>
        <p class="faint">{counted(standing.schedules, 'schedule')}</p>
        <div class="views">
          <button
            type="button"
            class="text"
            aria-expanded={reportsShown.value}
            aria-controls="reports-view"
            onClick={() => (reportsShown.value = !reportsShown.value)}
          >
            Schedules and runs
          </button>
        </div>
      </div>
      {reports.failure.value !== undefined && (
        <p class="mistake">The reports could not be loaded: {reports.failure.value}</p>
      )}
      <div id="reports-view">
        {shown && (
          <>
            <ul class="events" aria-label="Schedules">
              {schedules.map(schedule => (
                <ScheduleRow key={schedule.name} {...schedule} />
              ))}
            </ul>
            <h3>Runs</h3>
            {runs.length === 0 && <p class="nothing">No report has been due yet.</p>}
            <ol class="events" aria-label="Runs, newest first" tabIndex={0}>
              {runs.map(run => (
                <RunRow key={run.id} {...run} />
              ))}
            </ol>
          </>
        )}
      </div>
    </section>
  )
}

function ScheduleRow({ name, recurrence, each, receivers, next, waits }: ScheduleStatus): JSX.Element {
  return (
    <li>
      <time title={dateAndTime(next)}>{shortTime(next, status.value?.now ?? 0)}</time>
      <span class="what">next</span>
      <span class="recipients">
        <b>{name}</b> <span class="faint">{recurrence}</span>
        {each !== undefined && `, one for each ${each}`}, to {receivers.join(', ') || 'nobody'}
        {waits !== undefined && (
          <>
            ; the last one waits: <LogText text={waits} />
          </>
        )}
      </span>
    </li>
  )
}

function RunRow({
  id,
  due,
  schedule,
  part,
  state,
  missed,
  why,
  subject,
  manual,
  readable,
  deliveries
}: RunStatus): JSX.Element {
  return (
    <li>
      <time title={dateAndTime(due)}>{shortTime(due, status.value?.now ?? 0)}</time>
      <span class={`what ${state}`}>
        {missed !== undefined && missed.count > 1 && `${countText(missed.count)} `}
        {RUN_STATES[state]}
      </span>
      <span class="recipients">
        {schedule}
        <Added text={part} />
        {manual && ' (asked for)'}{' '}
        {readable && (
          <a href={`./reports/${encodeURIComponent(id)}`} target="_blank" rel="noopener">
            <LogText text={subject ?? 'the report'} />
          </a>
        )}{' '}
        <span class="faint">
          {missed !== undefined && missed.count > 1 && `until ${dateAndTime(missed.last)} `}
          {why !== undefined && <LogText text={`${why} `} />}
          {deliveries.map(({ receiver, state, summary }) => (
            <span key={receiver}>
              {receiver} {DELIVERIES[state]}
              <Added text={state === 'sent' ? undefined : summary} />{' '}
            </span>
          ))}
        </span>
      </span>
    </li>
  )
}
