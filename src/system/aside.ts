import type { Millis } from '../core/time.ts'

/** The name that a file is kept under when another takes its place: `state.sqlite.damaged-20261130T121500Z`. */
export function timedName(path: string, why: string, now: Millis): string {
  return `${path}.${why}-${new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '')}`
}
