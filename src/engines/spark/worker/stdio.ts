import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { systemCode } from '../../../core/errors.ts'
import type { Millis } from '../../../core/time.ts'

const LF = 10

/** A pipe brings 8 to 64 KiB at a time; looking at so little at once costs twice as much. */
const ROOM = 1 << 20

/** How long is waited where nothing can be read or written just now. */
const PAUSE: Millis = 0.5

/** Why a worker ends before its time, and the code of its process. */
export class WorkerEnd extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** What processes end with: broken input, too little time, nobody who reads. */
export const EXIT = { input: 1, late: 3, alone: 4 } as const

/** Ends the process, and says why where it is not the plain end. */
export function end(error: unknown): never {
  process.exit(tell(error, 2))
}

/** Says why a worker ends, to whom a descriptor belongs; the code to end with. */
export function tell(error: unknown, descriptor: number): number {
  const why = error instanceof WorkerEnd || error instanceof RangeError ? error.message : textOf(error)
  try {
    writeSync(descriptor, `visor worker: ${why}\n`)
  } catch {
    // There is nobody who would hear it.
  }
  return error instanceof WorkerEnd ? error.code : EXIT.input
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** How often is looked whether a worker that waits for others is still of use. */
const LOOK_INTERVAL: Millis = 250

/** The process whose standard input a worker reads and whose standard output it writes to: its own, or one that has asked it. */
export interface Asker {
  readonly pid: number | 'self'
  isGone(): boolean
  /** Ends the work, and says why. */
  fail(error: unknown): never
}

const parent = process.ppid
const OWN: Asker = { pid: 'self', isGone: () => process.ppid !== parent, fail: end }

/** Whether a worker is still of use, and to whom: Spark does not end those whose task it has given up. */
export class Use {
  readonly #until: number
  readonly #asker: Asker
  readonly #timer: NodeJS.Timeout
  readonly #open = new Map<0 | 1, number>()

  /** `time` is for how long it may run, in milliseconds. @throws WorkerEnd for no such number */
  constructor(time: string | undefined, asker: Asker = OWN) {
    this.#asker = asker
    this.#until = performance.now() + Number(time)
    if (Number.isNaN(this.#until)) throw new WorkerEnd(EXIT.input, `"${time}" is no time`)
    this.#timer = setInterval(() => {
      try {
        this.check()
      } catch (error) {
        asker.fail(error)
      }
    }, LOOK_INTERVAL).unref()
  }

  /** @throws WorkerEnd */
  check(): void {
    if (this.#asker.isGone()) throw new WorkerEnd(EXIT.alone, 'the executor that started it is gone')
    if (performance.now() >= this.#until)
      throw new WorkerEnd(EXIT.late, 'it has not come to its end within its time')
  }

  /** Standard input (0) or output (1) of the asker. */
  descriptor(which: 0 | 1): number {
    let descriptor = this.#open.get(which)
    if (descriptor === undefined) this.#open.set(which, (descriptor = open(this.#asker.pid, which)))
    return descriptor
  }

  /** Lets go of the asker. */
  close(): void {
    clearInterval(this.#timer)
    for (const [which, descriptor] of this.#open) if (descriptor !== which) closeSync(descriptor)
    this.#open.clear()
  }
}

/**
 * A descriptor that does not block, where standard input or output is a pipe and the system gives one: a process that is
 * blocked would outlive its use.
 */
function open(pid: Asker['pid'], descriptor: 0 | 1): number {
  const way = descriptor === 0 ? constants.O_RDONLY : constants.O_WRONLY
  try {
    if (pid === 'self' && !fstatSync(descriptor).isFIFO()) return descriptor
    return openSync(`/proc/${pid}/fd/${descriptor}`, way | constants.O_NONBLOCK)
  } catch (error) {
    if (pid !== 'self') throw error
    return descriptor
  }
}

const bell = new Int32Array(new SharedArrayBuffer(4))

/** Does `once` until it gives something: it is `undefined` while nothing goes. */
function soon(once: () => number | undefined, use: Use): number {
  for (;;) {
    const done = once()
    if (done !== undefined) return done
    use.check()
    Atomics.wait(bell, 0, 0, PAUSE)
  }
}

/**
 * The rows of standard input without their ends, each a view that is valid until the next.
 * @throws WorkerEnd, also where the last row has no end
 */
export function* rowsIn(use: Use): Generator<Buffer> {
  const input = use.descriptor(0)
  let buffer = Buffer.allocUnsafeSlow(ROOM)
  let [begin, seen, end] = [0, 0, 0]
  for (;;) {
    const at = buffer.subarray(0, end).indexOf(LF, seen)
    if (at >= 0) {
      yield buffer.subarray(begin, at)
      begin = seen = at + 1
      continue
    }
    seen = end
    if (buffer.length - end < ROOM / 4) {
      const room = Math.max(ROOM, end - begin > buffer.length / 2 ? 2 * buffer.length : buffer.length)
      const next = room > buffer.length ? Buffer.allocUnsafeSlow(room) : buffer
      buffer.copy(next, 0, begin, end)
      ;[buffer, begin, seen, end] = [next, 0, seen - begin, end - begin]
    }
    const read = soon(() => readOnce(input, buffer, end), use)
    if (read === 0) break
    end += read
  }
  if (begin < end)
    throw new WorkerEnd(EXIT.input, `the last row of its input has no end behind ${end - begin} bytes`)
}

/** What reads standard input: it waits for some bytes, and gives 0 at the end. @throws WorkerEnd */
export function standardInput(use: Use): (into: Buffer) => number {
  const input = use.descriptor(0)
  return into => {
    use.check()
    return soon(() => readOnce(input, into, 0), use)
  }
}

function readOnce(input: number, into: Buffer, at: number): number | undefined {
  try {
    return readSync(input, into, at, into.length - at, null)
  } catch (error) {
    if (systemCode(error) === 'EAGAIN') return undefined
    if (systemCode(error) === 'EOF') return 0
    throw error
  }
}

/** Writes to standard output. @throws WorkerEnd where nobody reads it */
export function writeOut(text: string, use: Use): void {
  const bytes = Buffer.from(text, 'latin1')
  const to = use.descriptor(1)
  for (let at = 0; at < bytes.length;) at += soon(() => writeOnce(to, bytes, at), use)
}

function writeOnce(to: number, bytes: Buffer, at: number): number | undefined {
  try {
    return writeSync(to, bytes, at)
  } catch (error) {
    if (systemCode(error) === 'EAGAIN') return undefined
    if (systemCode(error) === 'EPIPE') throw new WorkerEnd(EXIT.alone, 'nobody reads what it writes')
    throw error
  }
}
