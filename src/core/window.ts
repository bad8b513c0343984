import { ALL_TIME } from './rollup.ts'
import { DAY, HOUR, MINUTE, type Micros } from './time.ts'

/** A span of event time; `to` is not in it. */
export interface Window {
  readonly from: Micros
  readonly to: Micros
}

/** Lays event time out in windows: gives the one that holds a time. */
export type Windowing = (time: Micros) => Window

/** Start of the window of length `size` that holds `time`. */
export function windowOf(time: Micros, size: Micros): Micros {
  return Math.floor(time / size) * size
}

/** Windows of one size. */
export function windowsOf(size: Micros): Windowing {
  return time => {
    const from = windowOf(time, size)
    return { from, to: from + size }
  }
}

/** No windows: one over all. */
export const allTime: Windowing = () => ({ from: ALL_TIME, to: Infinity })

/** Zones are whole quarters of an hour east or west of UTC, and change by such: windows of this length add up to days of any. */
export const QUARTER: Micros = 15 * MINUTE

/** Whether a metric is read over time, or its keys are shown of whole periods alone. */
export type WindowUse = 'over time' | 'in all'

/** Ages of lines from which on their windows are longer. */
export const AGES = { older: HOUR, oldest: 2 * DAY } as const

/** How long windows are, at least, of lines as old as that: a window for each few lines would outweigh them. */
export const AGED_SIZES = {
  older: 5 * MINUTE,
  oldest: { 'over time': QUARTER, 'in all': HOUR }
} as const satisfies Record<keyof typeof AGES, Micros | Record<WindowUse, Micros>>

/** Windows of length `size` for the last hour, longer ones for what is older: just as long as the store's are by then. */
export function agingWindows(size: Micros, use: WindowUse, now: Micros): Windowing {
  const { older, oldest } = AGED_SIZES
  const middle = Math.max(size, older)
  return aging({ from: windowOf(now - AGES.older, middle), size: middle }, size, {
    from: windowOf(now - AGES.oldest, HOUR),
    size: Math.max(size, oldest[use])
  })
}

/** Cells of length `size` after `recent`, of a minute for what is older and of an hour after eight days. */
export function agingCells(size: Micros, recent: Micros, now: Micros): Windowing {
  return aging({ from: windowOf(recent, MINUTE), size: Math.max(size, MINUTE) }, size, {
    from: windowOf(now - 8 * DAY, DAY),
    size: Math.max(size, HOUR)
  })
}

/** Windows of `size` from `middle.from` on, of `middle.size` before that, and of `old.size` before `old.from`. */
function aging(middle: Sized, size: Micros, old: Sized): Windowing {
  const [young, older, oldest] = [size, middle.size, old.size].map(windowsOf)
  return time => (time >= middle.from ? young! : time >= old.from ? older! : oldest!)(time)
}

interface Sized {
  readonly from: Micros
  readonly size: Micros
}
