import type { ReportRun } from '../../reports/run.ts'
import type { ReportDelivered, RunStatus } from '../../server/reports/types.ts'
import type { StateStore } from '../../state/index.ts'

/** Runs with what became of what was sent. */
export function runsWithDeliveries(
  state: Pick<StateStore, 'outbox' | 'deliveries'>,
  runs: readonly ReportRun[]
): RunStatus[] {
  const waiting = new Set(state.outbox().map(({ notification }) => notification.id))
  const deliveries = state.deliveries({ limit: 10_000 })
  return runs.map(run => {
    const delivered = run.notifications.map(({ id, receiver }): ReportDelivered => {
      const last = deliveries.find(({ notification }) => notification === id)
      if (last) return { receiver, state: last.state, summary: last.summary }
      return { receiver, state: waiting.has(id) ? 'waiting' : 'sent' }
    })
    const isUnwanted = delivered.length > 0 && delivered.every(({ state }) => state === 'unwanted')
    return {
      ...run,
      state: isUnwanted ? 'unwanted' : run.state,
      readable: isReadable(run),
      deliveries: delivered
    }
  })
}

/** Whether a run has a report that can be read. */
function isReadable({ state }: ReportRun): boolean {
  return state === 'sent' || state === 'quiet'
}
