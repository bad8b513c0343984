import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { onTestFinished, TestRunner } from 'vitest'
import { defaultCache } from '../src/system/folders.ts'

const BIN = resolve('bin/visor.js')

/** Those that run. */
const children = new Set<ChildProcess>()
const endAll = (): void => children.forEach(child => child.kill('SIGKILL'))
process.once('exit', endAll)
// How the tests' runner ends its processes: nothing more is run in them.
process.once('SIGTERM', () => {
  endAll()
  process.kill(process.pid, 'SIGTERM')
})

export interface Outcome {
  readonly exit: number | null
  readonly out: string
  readonly err: string
}

export interface RunOptions {
  readonly input?: string | Uint8Array
  readonly env?: Record<string, string>
  readonly cwd?: string
  /** Run as this user; takes root. */
  readonly uid?: number
  /** And as a member of this group; of one of the user's number when absent. */
  readonly gid?: number
  /** In a process group of its own, as a shell starts it. */
  readonly detached?: boolean
  /** The Node to run under; the one of the tests when not given. */
  readonly node?: string
  /** An installed Visor instead of this clone's: a program and its first arguments. It sees nothing of this process's environment. */
  readonly program?: readonly string[]
  /** The file that its standard output leads to, which is gathered when not given. */
  readonly output?: string
}

/** An environment in which no configuration of the machine's user is found; what was fetched and packed is shared. */
function environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const {
    VISOR_HOME: _home,
    VISORHOME: _old,
    XDG_CONFIG_HOME: _config,
    VISOR_DEBUG: _debug,
    ...rest
  } = process.env
  return { ...rest, XDG_CACHE_HOME: dirname(defaultCache(process.env)), HOME: '/nonexistent', ...more }
}

/** Runs `bin/visor.js` with these arguments to its end; after two minutes it is killed. */
export async function visor(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const running = startVisor(args, options)
  running.write(options.input ?? '')
  const late = setTimeout(() => void running.stop('SIGKILL'), 120_000)
  return running.ended.finally(() => clearTimeout(late))
}

/**
 * Starts `bin/visor.js` and lets it run; its input stays open. It ends at the latest with the test that has started it, however that
 * ends, so that another try finds nothing of this one; or with this process, where it is of no test, or of one beside others.
 */
export function startVisor(args: readonly string[], options: RunOptions = {}): Running {
  const { env, cwd, uid, gid = uid, detached = false, node = process.execPath, output, program } = options
  const to = output === undefined ? 'pipe' : openSync(output, 'a')
  const [command = node, ...first] = program ?? [node, BIN]
  const child = spawn(command, [...first, ...args], {
    env: program ? { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...env } : environment(env),
    detached,
    stdio: ['pipe', to, 'pipe'],
    ...(cwd !== undefined && { cwd }),
    ...(uid !== undefined && { uid, gid })
  })
  const running = new Running(child)
  if (typeof to === 'number') closeSync(to)
  children.add(child)
  void running.ended.then(() => children.delete(child))
  const test = TestRunner.getCurrentTest()
  if (test && test.concurrent !== true) onTestFinished(async () => void (await running.stop('SIGKILL')))
  return running
}

/** A Visor that runs; what it prints is gathered. */
export class Running {
  readonly #child: ChildProcess
  readonly ended: Promise<Outcome>
  readonly #waiting = new Set<() => void>()
  #out = ''
  #err = ''

  constructor(child: ChildProcess) {
    this.#child = child
    child.stdout?.on('data', (data: Buffer) => this.#more(() => (this.#out += data.toString())))
    child.stderr?.on('data', (data: Buffer) => this.#more(() => (this.#err += data.toString())))
    this.ended = new Promise(done =>
      child.on('close', exit => {
        done({ exit, out: this.#out, err: this.#err })
        this.#more(() => {})
      })
    )
  }

  /** Of its process. */
  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** What it has said on standard error by now. */
  get err(): string {
    return this.#err
  }

  /** Gives it this input, and no more after it when `end` is set. */
  write(input: string | Uint8Array, end = true): void {
    // A process that has ended already needs no input.
    const { stdin } = this.#child
    stdin?.on('error', () => {})
    stdin?.write(input)
    if (end) stdin?.end()
  }

  /** Resolves with the match once the output holds it; rejects when the process ends without. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#out)
      if (found) return found
      if (this.#child.exitCode !== null) throw new Error(`ended without ${pattern}: ${this.#out}${this.#err}`)
      await new Promise<void>(done => this.#waiting.add(done))
    }
  }

  /** Sends a signal that does not end it. */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGHUP'): void {
    this.#child.kill(signal)
  }

  /** Sends a signal, to the process or as a terminal does to its whole group, and waits for the end. */
  async stop(signal: NodeJS.Signals, to: 'process' | 'group' = 'process'): Promise<Outcome> {
    if (to === 'process') this.#child.kill(signal)
    else process.kill(-(this.#child.pid ?? 0), signal)
    return this.ended
  }

  #more(apply: () => void): void {
    apply()
    for (const done of this.#waiting) done()
    this.#waiting.clear()
  }
}
