import type { Millis } from '../core/time.ts'

/** The name that a damaged file is kept under: `state.sqlite.damaged-20261130T121500Z`. */
export function asideName(path: string, now: Millis): string {
  return `${path}.damaged-${new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '')}`
}
