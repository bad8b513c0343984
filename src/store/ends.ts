import { HOUR, SECOND, type Micros } from '../core/time.ts'
import { AGED_SIZES, AGES, windowOf, type Window, type WindowUse } from '../core/window.ts'
import { LINE_METRICS } from '../metrics/classes.ts'
import { extentOf, type Extent } from './extents.ts'
import type { StoreReader } from './questions/question.ts'
import { oneOfNames, select, whole } from './sql.ts'

/** How a period is put together: of whole windows, and of the lines of those that its ends cut. */
export interface PeriodParts {
  readonly windows: Window | undefined
  readonly lines: readonly Window[]
  /** How far counts at the ends may be off. */
  readonly cut: Micros
}

/** What is known of the store where a period is read. */
export interface EndsInfo {
  /** Of the sources that are read; absent where there is nothing. */
  readonly extent: Extent | undefined
  /** The longest windows that an engine ever delivered of new lines. */
  readonly widest: Micros
  readonly now: Micros
  /** Whether the lines of a span are all kept. */
  kept(this: void, span: Window): Promise<boolean>
}

/** Puts a period together for the windows of a use. */
export async function partsOf(period: Window, use: WindowUse, info: EndsInfo): Promise<PeriodParts> {
  const { extent, widest } = info
  if (!extent || extent.last < period.from || period.to <= extent.first)
    return { windows: undefined, lines: [], cut: 0 }
  const { from, to } = period
  const [first, last] = [gridAt(from, use, info), gridAt(to, use, info)]
  // Where nothing is beyond an end, its window holds no other lines.
  const begin = extent.first >= from ? windowOf(from, first) : ceil(from, first)
  const end = extent.last < to ? ceil(to, last) : windowOf(to, last)
  const cuts = [
    ...(begin > from ? [{ from, to: Math.min(begin, to) }] : []),
    ...(end < to && end >= begin ? [{ from: end, to }] : [])
  ]
  // A window of an odd length, such as 7 seconds, lies across the grid.
  const loose = [first, last].some(grid => grid % widest !== 0) ? widest : 0
  const around = cuts.map(cut => ({
    from: windowOf(cut.from, first),
    to: ceil(cut.to, last)
  }))
  const kept = await Promise.all(around.map(info.kept))
  if (kept.every(Boolean))
    return { windows: begin < end ? { from: begin, to: end } : undefined, lines: cuts, cut: loose }
  return { windows: period, lines: [], cut: Math.max(first, last, loose) }
}

/** How long the windows around a time can be by now. */
function gridAt(time: Micros, use: WindowUse, { now, widest }: EndsInfo): Micros {
  if (time >= now - AGES.older) return widest
  return Math.max(widest, time >= now - AGES.oldest ? AGED_SIZES.older : AGED_SIZES.oldest[use])
}

function ceil(time: Micros, size: Micros): Micros {
  return Math.ceil(time / size) * size
}

/** Looks up what `partsOf` needs. */
export async function endsInfo(
  { connection, now }: StoreReader,
  sources: readonly string[] | undefined
): Promise<EndsInfo> {
  const [row] = await select(
    connection,
    `select coalesce(widest, ${10 * SECOND})::double, (select epoch_us(max(time)) from events)::double from state`
  )
  const [widest, newest] = (row ?? []).map(Number)
  const extent = await extentOf(connection, sources)
  const named = oneOfNames('name', sources)
  const ofSources = sources ? `source in (select id from sources where ${named.sql})` : 'true'
  return {
    // Of a last window whose lines are not kept the start alone is known.
    extent: extent && { ...extent, last: extent.last <= newest! ? extent.last : extent.last + HOUR },
    widest: widest!,
    now,
    kept: async ({ from, to }) => {
      const [counted] = await select(
        connection,
        `select (select count(*) from events
             where time >= make_timestamp(${whole(from)}) and time < make_timestamp(${whole(to)}) and ${ofSources}) >=
           (select coalesce(sum(count), 0) from rollups where start >= ${whole(from)} and start < ${whole(to)} and ${ofSources}
             and metric in (select id from fields where type = 'metric' and name in (${LINE_METRICS.map(name => `'${name}'`).join(', ')})))`,
        named.values
      )
      return counted?.[0] === true
    }
  }
}
