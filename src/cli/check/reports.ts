import { eachText, schedulesOf } from '../../app/reports/schedules.ts'
import type { Config } from '../../config/schema.ts'
import { formatDuration } from '../../core/duration.ts'
import type { Millis } from '../../core/time.ts'
import { clockOf, recipientsOf } from '../report/schedules.ts'
import { textTable } from '../text-table.ts'

/** The reports that are made at set times, for people: when each runs next, and who gets it. */
export function checkedReports(config: Config, now: Millis): string[] {
  const schedules = schedulesOf(config)
  if (schedules.length === 0) return []
  const rows = schedules.map(schedule => {
    const { name, recurrence, zone, dates, each, every } = schedule
    const parts = each === undefined ? '' : `, one for each ${eachText(each)}`
    const cut = every !== undefined && every % config.window !== 0
    const remark = cut
      ? `; its ends lie within windows of ${formatDuration(config.window)}, so that figures without lines are not exact`
      : ''
    return [
      `  ${name}`,
      recurrence,
      `next ${clockOf(zone)(dates.next(now))}`,
      `to ${recipientsOf(schedule, undefined, config)}${parts}${remark}`
    ]
  })
  return ['', 'reports', ...textTable(rows)]
}
