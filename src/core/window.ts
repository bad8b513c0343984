import { ALL_TIME } from './rollup.ts'

/** Start of the window of `size` microseconds that holds `time`; `ALL_TIME` for a size of Infinity. */
export function windowOf(time: number, size: number): number {
  return size === Infinity ? ALL_TIME : Math.floor(time / size) * size
}
