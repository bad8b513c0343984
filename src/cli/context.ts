import { once } from 'node:events'
import type { VisorError } from '../core/errors.ts'
import { visible } from '../core/visible.ts'

/** Where a command prints: a stream that may be a terminal. */
export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }

/** What a command may use of the process that it runs in; a test gives its own. */
export interface Context {
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborts when the user wants the command to end. */
  readonly signal: AbortSignal
  /** Makes private what the process writes from now on; absent where it is not a command's own. */
  readonly keepPrivate?: () => void
  /** Has SIGHUP call this from now on, instead of ending the command; unless the terminal that it runs in is gone. */
  readonly onHangup?: (listener: () => void) => void
  /** How it is told why the process ends, by a command whose log is for programs; else it is printed for people. */
  readonly told?: { as?: ((failure: VisorError) => string) | undefined }
  /** What the process ends with; a command that did not do all of its work sets 1. */
  exitCode: 0 | 1
}

/** Writes, and waits while the reader is behind. */
export async function print(output: Output, text: string): Promise<void> {
  if (!output.write(text)) await once(output, 'drain')
}

export async function printJson({ stdout }: Pick<Context, 'stdout'>, value: unknown): Promise<void> {
  await print(stdout, jsonText(value))
}

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** Prints lines for people. Texts of logs are in them. */
export async function printLines(
  { stdout }: Pick<Context, 'stdout'>,
  lines: readonly string[]
): Promise<void> {
  await print(stdout, lines.map(line => `${visible(line)}\n`).join(''))
}

/** Goes back to the beginning of a terminal's line and empties it. */
export const CLEAR_LINE = '\r\u001b[K'

/** The width of the terminal, or 80 where there is none, within what text can be laid out in. */
export function terminalWidth(output: Output): number {
  return Math.min(120, Math.max(72, output.columns ?? 80))
}
