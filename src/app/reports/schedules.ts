import type { ScheduleConfig } from '../../config/reports.ts'
import type { Config } from '../../config/schema.ts'
import { formatDuration } from '../../core/duration.ts'
import { VisorError } from '../../core/errors.ts'
import { didYouMean } from '../../core/suggest.ts'
import { machineZone } from '../../core/zone.ts'
import { datesOf, type Dates } from '../../reports/schedule.ts'

/** A schedule by its name, with its dates. */
export interface Schedule extends ScheduleConfig {
  readonly name: string
  readonly zone: string
  readonly dates: Dates
  /** When it runs, as a text: `every 5m`, `0 7 * * 1 (Europe/Berlin)`. */
  readonly recurrence: string
}

/** The schedules of a configuration; in its zone, or that of this machine, where they name none. */
export function schedulesOf({
  reports,
  zone: usual = machineZone()
}: Pick<Config, 'reports' | 'zone'>): Schedule[] {
  return Object.entries(reports).map(([name, { zone = usual, ...schedule }]) => ({
    ...schedule,
    name,
    zone,
    ...recurring(schedule, zone)
  }))
}

function recurring(
  { every, cron }: Omit<ScheduleConfig, 'zone'>,
  zone: string
): Pick<Schedule, 'dates' | 'recurrence'> {
  if (every !== undefined) return { dates: datesOf({ every }), recurrence: `every ${formatDuration(every)}` }
  return {
    dates: datesOf({ cron: cron ?? '', zone }),
    recurrence: `${cron} (${zone})`
  }
}

/** The schedule of a name. @throws VisorError USAGE where there is none */
export function scheduleOf(schedules: readonly Schedule[], name: string): Schedule {
  const found = schedules.find(schedule => schedule.name === name)
  if (found) return found
  const known = schedules.map(schedule => schedule.name)
  const there = `the configuration has ${known.length === 0 ? 'none (`reports:`)' : known.join(', ')}`
  throw new VisorError('USAGE', `there is no report ${name}${didYouMean(name, known, '', there)}`)
}

/** What a schedule has a report for each of, in a word: a vhost, a source, a label of sources. */
export function eachText(each: NonNullable<ScheduleConfig['each']>): string {
  return typeof each === 'string' ? each : each.label
}

/** What a schedule has different for one of its parts. */
export function ownOf(schedule: Schedule, part: string | undefined): Schedule['for'][string] {
  return (part !== undefined && Object.hasOwn(schedule.for, part) && schedule.for[part]) || {}
}
