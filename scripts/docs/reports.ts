import { partOptions, scheduleOptions } from '../../src/config/reports.ts'
import { fill } from '../markdown.ts'

/** docs/reports.md: reports of files, of periods, and at set times. */
export function reportsPage(): string {
  return fill('reports.md', { schedule: scheduleOptions, part: partOptions })
}
