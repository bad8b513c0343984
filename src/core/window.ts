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

/**
 * Windows of length `size` for the hour before `now`, of an hour for what is older and of `longest` for what is
 * older than eight days: old lines come in bulk, and a window for each few of them would outweigh the lines.
 */
export function agingWindows(size: Micros, longest: 'hour' | 'day', now: Micros): Windowing {
  const recent = windowOf(now - HOUR, HOUR)
  return aging(now, recent, size, HOUR, longest === 'day' ? DAY : HOUR)
}

/** Cells of length `size` after `recent`, of a minute for what is older and of an hour after eight days. */
export function agingCells(size: Micros, recent: Micros, now: Micros): Windowing {
  return aging(now, windowOf(recent, MINUTE), size, MINUTE, HOUR)
}

function aging(now: Micros, recent: Micros, size: Micros, middle: Micros, old: Micros): Windowing {
  const week = windowOf(now - 8 * DAY, DAY)
  const [young, older, oldest] = [size, Math.max(size, middle), Math.max(size, old)].map(windowsOf)
  return time => (time >= recent ? young! : time >= week ? older! : oldest!)(time)
}
