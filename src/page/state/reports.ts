import { computed, signal } from '@preact/signals'
import type { ReportsAnswer } from '../../server/reports/types.ts'
import { status } from './live.ts'
import { getAnswer } from './ask.ts'
import { poll } from './poll.ts'

/** How many schedules there are, and a number that changes with what became of them; `undefined` where there are none. */
const standing = computed(() => status.value?.reports)

/** Whether the runs of the schedules are shown. */
export const reportsShown = signal(false)

/** The schedules and their runs, kept up to date while they are shown. */
export const reports = poll<ReportsAnswer>(() => {
  const { revision } = standing.value ?? {}
  if (revision === undefined || !reportsShown.value) return undefined
  return {
    key: String(revision),
    load: signal => getAnswer<ReportsAnswer>('reports', new URLSearchParams(), signal)
  }
})
