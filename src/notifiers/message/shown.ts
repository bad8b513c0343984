import { visible } from '../../core/visible.ts'

/** Text of a log as it may be shown: one line of at most so many characters, with nothing that misleads the eye. */
export function shown(text: string, most = 200): string {
  const all = visible(text.slice(0, most + 1))
  return all.length > most ? `${all.slice(0, most - 1).replace(/\p{Cs}$/u, '')}…` : all
}

/** `2026-11-25 14:03:20 UTC` of milliseconds since 1970. */
export function momentText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
