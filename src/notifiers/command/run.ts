import { spawn } from 'node:child_process'
import type { Millis } from '../../core/time.ts'
import { printable } from '../../core/visible.ts'
import { reasonOf } from '../../system/reason.ts'

/** Characters of a program's complaint that are shown. */
const MAX_COMPLAINT_LENGTH = 300

/** How long its last words may be on their way when it has exited. */
const MAX_STDERR_DELAY: Millis = 200

/**
 * Runs a program without a shell, `input` being its standard input and `variables` among its environment. Rejects with what it
 * wrote to standard error where it exits with anything but 0; when the signal aborts, it is killed with whatever it has started.
 */
export async function runProgram(
  file: string,
  args: readonly string[],
  input: string,
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const child = spawn(file, args, {
    env: { ...process.env, ...variables },
    stdio: ['pipe', 'ignore', 'pipe'],
    // Makes it lead a group of its own, which can be killed as one.
    detached: true
  })
  const kill = (): void => {
    reject(signal.reason)
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // It has ended meanwhile.
    }
  }
  signal.addEventListener('abort', kill)
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    complaint = `${complaint}${part}`.slice(-10 * MAX_COMPLAINT_LENGTH)
  })
  child.on('error', error => reject(new Error(reasonOf(error))))
  child.on('exit', (code, by) => {
    if (code === 0) return resolve()
    const fail = (): void =>
      reject(new Error(`${by ? `killed by ${by}` : `exited with code ${code}`}${quoted(complaint)}`))
    child.on('close', fail)
    setTimeout(fail, MAX_STDERR_DELAY)
  })
  // It need not read its input.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return promise.finally(() => {
    signal.removeEventListener('abort', kill)
    child.stderr.destroy()
  })
}

/** The end of what it wrote. */
function quoted(complaint: string): string {
  const text = complaint.trim().slice(-MAX_COMPLAINT_LENGTH)
  return text === '' ? '' : `: ${printable(text, 2 * MAX_COMPLAINT_LENGTH)}`
}
