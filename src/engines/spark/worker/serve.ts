import { closeSync, constants, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { MINUTE_MS, SECOND_MS, type Millis } from '../../../core/time.ts'
import { tell, Use, type Asker } from './stdio.ts'

/** A worker that nobody has asked for so long ends. */
const IDLE_TIME: Millis = 2 * MINUTE_MS
const LOOK_INTERVAL: Millis = SECOND_MS

/** One that has become larger, or that has done so much, ends after its task: the next begins anew. */
const MAX_BYTES = 256 << 20
const MAX_TASKS = 2000

/** What a worker can do, by name. */
export type Modes = Readonly<Record<string, (args: readonly string[], use?: Use) => Promise<void>>>

/** What is to be done, and for whom: a line of launch.sh's. */
interface Request {
  readonly pid: number
  readonly mode: string
  readonly args: readonly string[]
}

/**
 * Does what the shells of launch.sh ask for, one thing after the other, until nobody asks any more or the executor is gone. What
 * fails ends the process as it would end one that was started for it alone, so nothing that went wrong is left for the next.
 */
export async function serveTasks([room = '', executor]: readonly string[], modes: Modes): Promise<void> {
  const server = new Server(room, Number(executor))
  const flags = constants.O_RDWR | constants.O_NONBLOCK
  const requests = new Socket({ fd: openSync(join(room, 'ask'), flags), readable: true, writable: false })
  let text = ''
  for await (const chunk of requests.setEncoding('latin1')) {
    text += String(chunk)
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      const [pid, mode = '', ...args] = text.slice(0, end).split(' ')
      text = text.slice(end + 1)
      await server.take({ pid: Number(pid), mode, args }, modes)
    }
  }
}

class Server {
  readonly #room: string
  readonly #executor: number
  readonly #answers: number
  #used = performance.now()
  #busy = false
  #tasks = 0

  constructor(room: string, executor: number) {
    this.#room = room
    this.#executor = executor
    this.#answers = openSync(join(room, 'answer'), constants.O_RDWR | constants.O_NONBLOCK)
    setInterval(() => this.#look(), LOOK_INTERVAL)
  }

  async take({ pid, mode, args }: Request, modes: Modes): Promise<void> {
    this.#busy = true
    const said = openOf(pid)
    const run = Object.hasOwn(modes, mode) ? modes[mode] : undefined
    if (said === undefined || !run) return this.#leave(pid, 'alone')
    const asker: Asker = {
      pid,
      isGone: () => !isRunning(pid) || !isRunning(this.#executor),
      fail: error => this.#leave(pid, tell(error, said))
    }
    try {
      const use = new Use(args[1], asker)
      await run(args, use)
      use.close()
    } catch (error) {
      asker.fail(error)
    }
    closeSync(said)
    if (++this.#tasks >= MAX_TASKS || process.memoryUsage.rss() > MAX_BYTES) this.#leave(pid, 0)
    this.#used = performance.now()
    this.#busy = false
    this.#answer(pid, 0)
  }

  /** Ends where nobody asks any more. */
  #look(): void {
    if (this.#busy) return
    if (!isRunning(this.#executor)) this.#leave()
    const holder = this.#holder()
    if (holder !== undefined && !isRunning(holder)) rmSync(join(this.#room, 'taken'), { force: true })
    if (performance.now() - this.#used < IDLE_TIME || !this.#claim()) return
    this.#leave()
  }

  /** Who has it to himself, though he has not asked yet. */
  #holder(): number | undefined {
    try {
      return Number(readFileSync(join(this.#room, 'taken'), 'latin1'))
    } catch {
      return undefined
    }
  }

  #claim(): boolean {
    try {
      writeFileSync(join(this.#room, 'taken'), String(process.pid), { flag: 'wx' })
      return true
    } catch {
      return false
    }
  }

  #leave(pid?: number, code: number | 'alone' = 0): never {
    if (pid !== undefined) this.#answer(pid, code)
    rmSync(this.#room, { recursive: true, force: true })
    process.exit()
  }

  #answer(pid: number, code: number | 'alone'): void {
    writeSync(this.#answers, `${pid} ${code}\n`)
  }
}

/** The standard error of another process, which is told why something failed; `undefined` where the system does not give it. */
function openOf(pid: number): number | undefined {
  try {
    return openSync(`/proc/${pid}/fd/2`, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch {
    return undefined
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
