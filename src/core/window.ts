import { ALL_TIME } from './rollup.ts'

/** A span of event time in microseconds since 1970; `to` is not in it. */
export interface Window {
  readonly from: number
  readonly to: number
}

/** Lays event time out in windows: gives the one that holds a time. */
export type Windowing = (time: number) => Window

/** Start of the window of `size` microseconds that holds `time`. */
export function windowOf(time: number, size: number): number {
  return Math.floor(time / size) * size
}

/** Windows of one size (microseconds). */
export function windowsOf(size: number): Windowing {
  return time => {
    const from = windowOf(time, size)
    return { from, to: from + size }
  }
}

/** No windows: one over all. */
export const allTime: Windowing = () => ({ from: ALL_TIME, to: Infinity })

const HOUR = 3600e6
const DAY = 24 * HOUR

/**
 * Windows of `size` microseconds for the hour before `now`, of an hour for what is older and of `longest` for what is
 * older than eight days: old lines come in bulk, and a window for each few of them would outweigh the lines.
 */
export function agingWindows(size: number, longest: 'hour' | 'day', now: number): Windowing {
  const [recent, week] = [windowOf(now - HOUR, HOUR), windowOf(now - 8 * DAY, DAY)]
  const [young, middle, old] = [
    size,
    Math.max(size, HOUR),
    Math.max(size, longest === 'day' ? DAY : HOUR)
  ].map(windowsOf)
  return time => (time >= recent ? young! : time >= week ? middle! : old!)(time)
}
