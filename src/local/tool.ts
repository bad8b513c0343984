import { spawn } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'
import { systemCode, VisorError } from '../core/errors.ts'
import type { Environment } from '../system/folders.ts'
import { reasonOf } from '../system/reason.ts'

/** How a program is run. */
export interface ToolRun {
  readonly signal: AbortSignal
  readonly env: Environment
  /** What is said when there is no such program. */
  readonly missing: string
}

/** What a program printed, on both of its outputs. */
export interface Printed {
  readonly status: number
  readonly text: string
}

/** What the end of a long output is enough for. */
const MOST_TEXT = 65_536

/** Runs a program to its end. @throws VisorError LOCAL when there is none of that name */
export async function runTool(
  command: string,
  args: readonly string[],
  { signal, missing, env }: ToolRun
): Promise<Printed> {
  signal.throwIfAborted()
  const child = spawn(command, args, { env: { ...env }, signal, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const output of [child.stdout, child.stderr])
    output.on('data', (data: Buffer) => (text = (text + data.toString()).slice(-MOST_TEXT)))
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  child.on('error', reject).on('close', code => resolve(code ?? 1))
  try {
    return { status: await promise, text: stripVTControlCharacters(text) }
  } catch (error) {
    signal.throwIfAborted()
    if (systemCode(error) === 'ENOENT') throw new VisorError('LOCAL', missing, { cause: error })
    throw new VisorError('LOCAL', `${command} cannot be run: ${reasonOf(error)}`, { cause: error })
  }
}

/** The first line of an output that names an error, or the last one. */
export function errorIn(text: string): string {
  const lines = text.split('\n').map(line => line.trim())
  return (
    lines.find(line => /^(\[ERROR\]|ERROR:|error:)/i.test(line)) ??
    lines.findLast(line => line !== '') ??
    'it says nothing'
  )
}
