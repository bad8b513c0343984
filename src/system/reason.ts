import { getSystemErrorMessage, getSystemErrorName } from 'node:util'

/** Why the operating system refused, for people: `no space left on device (ENOSPC)`. */
export function reasonOf(error: unknown): string {
  // One for each address of a name that was tried.
  if (error instanceof AggregateError) return [...new Set(error.errors.map(reasonOf))].join('; ')
  if (!(error instanceof Error)) return String(error)
  if (!('errno' in error) || typeof error.errno !== 'number' || error.errno >= 0) return error.message
  // Not `code`: libraries put their own there.
  return `${getSystemErrorMessage(error.errno)} (${getSystemErrorName(error.errno)})`
}
