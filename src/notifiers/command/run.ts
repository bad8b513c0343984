import { spawn } from 'node:child_process'
import { reasonOf } from '../../system/reason.ts'
import { shown } from '../message/shown.ts'

/** Characters of what a program complains of that are told. */
const LONGEST = 300

/** How long what it said last may be on its way when it has ended (milliseconds). */
const LINGERS = 200

export interface Program {
  readonly file: string
  readonly arguments: readonly string[]
}

/**
 * Runs a program without a shell, `input` being its standard input and `variables` among its environment. Rejects with what it
 * says on its standard error output where it ends with anything but 0; when the signal aborts, it is killed with whatever it
 * has started.
 */
export async function run(
  { file, arguments: args }: Program,
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
    killGroup(child.pid)
  }
  signal.addEventListener('abort', kill)
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    complaint = `${complaint}${part}`.slice(-10 * LONGEST)
  })
  child.on('error', error => reject(new Error(reasonOf(error))))
  child.on('exit', (code, by) => {
    if (code === 0) return resolve()
    const fail = (): void =>
      reject(new Error(`ended ${by ? `by ${by}` : `with ${code}`}${saying(complaint)}`))
    child.on('close', fail)
    setTimeout(fail, LINGERS)
  })
  // It need not read what it is told.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return promise.finally(() => {
    signal.removeEventListener('abort', kill)
    child.stderr.destroy()
  })
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}

/** The end of what it said. */
function saying(complaint: string): string {
  const text = complaint.trim().slice(-LONGEST)
  return text === '' ? '' : `: ${shown(text, 2 * LONGEST)}`
}
