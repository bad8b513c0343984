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

const MINUTE = 60e6
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/**
 * Windows of `size` microseconds for the hour before `now`, of an hour for what is older and of `longest` for what is
 * older than eight days: old lines come in bulk, and a window for each few of them would outweigh the lines.
 */
export function agingWindows(size: number, longest: 'hour' | 'day', now: number): Windowing {
  const recent = windowOf(now - HOUR, HOUR)
  return aging(now, recent, size, HOUR, longest === 'day' ? DAY : HOUR)
}

/** Cells of `size` microseconds after `recent`, of a minute for what is older and of an hour after eight days. */
export function agingCells(size: number, recent: number, now: number): Windowing {
  return aging(now, windowOf(recent, MINUTE), size, MINUTE, HOUR)
}

function aging(now: number, recent: number, size: number, middle: number, old: number): Windowing {
  const week = windowOf(now - 8 * DAY, DAY)
  const [young, older, oldest] = [size, Math.max(size, middle), Math.max(size, old)].map(windowsOf)
  return time => (time >= recent ? young! : time >= week ? older! : oldest!)(time)
}
