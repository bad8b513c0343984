import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { VisorError } from '../core/errors.ts'
import { SECOND_MS, type Millis } from '../core/time.ts'
import { endGroup, isRunning, processId, signalGroup, type ProcessId } from './process-id.ts'

/** A program of this machine that runs beside Visor. */
export interface ProcessOptions {
  /** For people. */
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  /** What it prints goes there, behind what is there. */
  readonly log: string
}

const PATIENCE: Millis = 10 * SECOND_MS
const SHOWN_BYTES = 2000

/** A program that runs, with all that it starts itself: they are one group of processes, which ends with it. */
export class LocalProcess {
  readonly id: ProcessId
  readonly #options: ProcessOptions
  readonly #child: ChildProcess

  private constructor(options: ProcessOptions, child: ChildProcess, id: ProcessId) {
    this.#options = options
    this.#child = child
    this.id = id
    child.once('exit', () => signalGroup(id.pid, 'SIGKILL'))
    // It may outlive this process; who does not want that has a guard.
    child.unref()
  }

  /** @throws VisorError LOCAL */
  static async start(options: ProcessOptions): Promise<LocalProcess> {
    const { name, command, args, folder, env, log } = options
    const output = openSync(log, 'a', 0o600)
    const child = spawn(command, args, {
      cwd: folder,
      env,
      detached: true,
      stdio: ['ignore', output, output]
    })
    closeSync(output)
    await once(child, 'spawn').catch((error: unknown) => {
      throw new VisorError('LOCAL', `${name} cannot be started: ${String(error)}`, { cause: error })
    })
    const id = processId(child.pid ?? 0)
    if (!id) throw new VisorError('LOCAL', `${name} has ended at once: ${endOf(log)}`)
    return new LocalProcess(options, child, id)
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** @throws VisorError LOCAL with the end of its log, when it has ended */
  check(): void {
    if (this.hasEnded)
      throw new VisorError('LOCAL', `${this.#options.name} has ended: ${endOf(this.#options.log)}`)
  }

  /** Lets it end in order; what is left of it after some seconds is killed. */
  async stop(patience = PATIENCE): Promise<void> {
    await this.#end(() => endGroup(this.id, patience))
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    await this.#end(async () => signalGroup(this.id.pid, 'SIGKILL'))
  }

  async #end(act: () => Promise<void>): Promise<void> {
    if (this.hasEnded) return
    const ended = once(this.#child, 'exit')
    this.#child.ref()
    await act()
    await ended
  }
}

/** The last lines of a log. */
function endOf(path: string): string {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    const bytes = Buffer.alloc(Math.min(size, SHOWN_BYTES))
    readSync(file, bytes, 0, bytes.length, size - bytes.length)
    return bytes.toString().trim() || 'it says nothing'
  } finally {
    closeSync(file)
  }
}

/**
 * Ends the groups of processes that a folder names and removes it once this process has ended, in whatever way: then the pipe to the
 * guard closes. The guard is a group of its own, so that Ctrl+C, which goes to all of a terminal's, is not for it.
 */
export class Guard {
  readonly #child: ChildProcess

  constructor(folder: string) {
    const script = `cat >/dev/null; while read -r g _; do kill -9 "-$g"; done <"$0/${GROUPS}"; rm -rf "$0"`
    this.#child = spawn('sh', ['-c', script, folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
    this.#child.unref()
  }

  /** Lets it do at once what it is there for. */
  async release(): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.ref()
    this.#child.stdin?.end()
    await ended
  }

  /** Everything has ended. */
  dismiss(): void {
    this.#child.kill('SIGKILL')
  }
}

/** The file that names the leaders of the groups that belong to a folder. */
const GROUPS = 'groups'

/** Writes down which processes belong to a folder, instead of those of before. */
export function nameGroups(folder: string, processes: Iterable<LocalProcess>): void {
  const running = [...processes].filter(process => !process.hasEnded)
  writeFileSync(
    join(folder, GROUPS),
    running.map(({ id: { pid, started } }) => `${pid} ${started}\n`).join('')
  )
}

/** The processes that belong to a folder and run, in the order of their start. */
export function groupsIn(folder: string): ProcessId[] {
  const file = join(folder, GROUPS)
  if (!existsSync(file)) return []
  const named = Array.from(
    readFileSync(file, 'utf8').matchAll(/^(\d+) (.+)$/gm),
    ([, pid, started = '']) => ({
      pid: Number(pid),
      started
    })
  )
  return named.filter(isRunning)
}
