import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Millis } from '../../core/time.ts'
import { pause } from '../../system/abort.ts'
import { isListening } from '../../system/port.ts'
import { childrenOf, membersOf, type ProcessId } from '../process-id.ts'
import { Guard, nameGroups, LocalProcess } from '../process.ts'
import { masterCommand, serverCommand, workerCommand, writeLogging, type SparkSetup } from './command.ts'
import { executorsOf } from './look.ts'

/** What a Spark's processes are started with, beside their commands. */
export interface SparkStart {
  readonly java: string
  readonly env: NodeJS.ProcessEnv
  readonly token?: string
  /** They end with this process, in whatever way that does. */
  readonly tied: boolean
}

/** The one process, or one of those of a cluster. */
export type SparkRole = 'server' | 'master' | `worker-${number}`

const POLL: Millis = 50

/** A Spark on this machine that runs. Its ports and its folder stay the same when a process of it is started again. */
export class LocalSpark {
  readonly setup: SparkSetup
  /** `sc://127.0.0.1:PORT`, with the token where there is one. */
  readonly address: string
  /** Spark's own pages. */
  readonly ui: string
  readonly roles: readonly SparkRole[]
  readonly #java: string
  readonly #env: NodeJS.ProcessEnv
  readonly #processes = new Map<SparkRole, LocalProcess>()
  readonly #guard: Guard | undefined

  constructor(setup: SparkSetup, { java, env, token, tied }: SparkStart) {
    this.setup = setup
    const base = `sc://127.0.0.1:${setup.port}`
    this.address = token === undefined ? base : `${base}/;token=${token}`
    this.ui = `http://127.0.0.1:${setup.uiPort}`
    const workers = Array.from({ length: setup.workers }, (_, i) => `worker-${i + 1}` as const)
    this.roles = setup.workers === 0 ? ['server'] : ['master', ...workers, 'server']
    this.#java = java
    this.#env = env
    writeLogging(setup.folder)
    this.#guard = tied ? new Guard(setup.folder) : undefined
  }

  /** The processes that were started here, by their role. */
  get processes(): ReadonlyMap<SparkRole, ProcessId> {
    return new Map(Array.from(this.#processes, ([role, { id }]) => [role, id]))
  }

  /** Starts a process, for the first time or again. */
  async start(role: SparkRole): Promise<void> {
    const { folder } = this.setup
    const log = join(folder, `${role}.out`)
    const options = {
      name: `Spark's ${role}`,
      command: this.#java,
      args: this.#argsOf(role),
      folder,
      env: this.#env,
      log
    }
    this.#processes.set(role, await LocalProcess.start(options))
    nameGroups(folder, this.#processes.values())
  }

  #argsOf(role: SparkRole): string[] {
    if (role === 'server') return serverCommand(this.setup)
    return role === 'master' ? masterCommand(this.setup) : workerCommand(this.setup, role)
  }

  /** Ends a process as a crash would, and what it started itself; all of them, and the folder, where none is named. */
  async kill(role?: SparkRole): Promise<void> {
    if (role) return this.#processes.get(role)?.kill()
    for (const process of this.#processes.values()) await process.kill()
    this.#leave()
  }

  /** Lets a process end in order; kills what is left of it after `patience`. */
  async stop(role: SparkRole, patience?: Millis): Promise<void> {
    await this.#processes.get(role)?.stop(patience)
  }

  /** Resolves when Connect can be asked and all executors are there. @throws VisorError LOCAL when a process ends */
  async answers(signal: AbortSignal): Promise<void> {
    while (!(await this.#isReady(signal))) {
      for (const program of this.#processes.values()) program.check()
      await pause(POLL, signal)
    }
  }

  /** @throws VisorError LOCAL when one of its processes has ended */
  check(): void {
    for (const process of this.#processes.values()) process.check()
  }

  async #isReady(signal: AbortSignal): Promise<boolean> {
    if (!(await isListening(this.setup.port))) return false
    const executors = await executorsOf(this.ui, signal)
    return executors !== undefined && executors.length >= Math.max(1, this.setup.workers)
  }

  /** The processes of executors on a cluster; the server's on one without workers. */
  executors(): ProcessId[] {
    const server = this.#processes.get('server')
    if (this.setup.workers === 0) return server ? [server.id] : []
    return [...this.#processes].flatMap(([role, { id }]) =>
      role.startsWith('worker-') ? childrenOf(id.pid) : []
    )
  }

  /** The programs that tasks run at the moment, and those that have stayed for the next. */
  scripts(): ProcessId[] {
    const started = [...this.#processes.values()].map(({ id }) => id)
    const own = new Set([...started, ...this.executors()].map(({ pid }) => pid))
    return started.flatMap(({ pid }) => membersOf(pid)).filter(({ pid }) => !own.has(pid))
  }

  /** Ends all of it in order; its folder is gone after it. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const role of this.roles.toReversed()) await this.stop(role)
    this.#leave()
  }

  #leave(): void {
    rmSync(this.setup.folder, { recursive: true, force: true })
    this.#guard?.dismiss()
  }
}
