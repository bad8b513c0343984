import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Millis } from '../../core/time.ts'
import { pause } from '../../system/abort.ts'
import { freePort } from '../../system/port.ts'
import type { Fetching } from '../cache.ts'
import { findJava } from '../java.ts'
import { childrenOf, type ProcessId } from '../process-id.ts'
import { Guard, nameGroups, LocalProcess } from '../process.ts'
import {
  masterCommand,
  serverCommand,
  workerCommand,
  writeLogging,
  type SparkSetup,
  type SparkSize
} from './command.ts'
import { findSpark } from './get.ts'
import { executorsAt, isListening } from './look.ts'

/** How a Spark is started on this machine. */
export interface SparkOptions extends SparkSize {
  /** The port of Connect; a free one when not given. */
  readonly port?: number
  /** What clients must know to be let in. */
  readonly token?: string
  /** Where its files are; a new temporary folder when not given. */
  readonly folder?: string
  /** It ends with this process, in whatever way that does. */
  readonly tied: boolean
  /** More flags of Java. */
  readonly flags?: readonly string[]
}

/** The one process, or one of those of a cluster. */
export type SparkRole = 'server' | 'master' | `worker-${number}`

const POLL: Millis = 50

/** Starts a Spark with Connect; resolves when it answers and has all of its executors. @throws VisorError LOCAL */
export async function startSpark(
  options: SparkOptions,
  env: Readonly<Record<string, string | undefined>>,
  fetching: Fetching
): Promise<LocalSpark> {
  const java = await findJava(env, fetching.signal)
  const found = await findSpark(env, fetching)
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'visor-spark-'))
  for (const name of ['tmp', 'warehouse']) mkdirSync(join(folder, name), { recursive: true, mode: 0o700 })
  const setup: SparkSetup = {
    ...found,
    ...options,
    folder,
    port: options.port ?? (await freePort()),
    uiPort: await freePort(),
    masterPort: await freePort(),
    masterUiPort: await freePort(),
    flags: options.flags ?? []
  }
  const spark = new LocalSpark(setup, java, environment(setup, options.token, env), options)
  try {
    for (const role of spark.roles) await spark.start(role)
    await spark.answers(fetching.signal)
    return spark
  } catch (error) {
    await spark[Symbol.asyncDispose]()
    throw error
  }
}

/** A Spark's processes see nothing of a Spark that is configured elsewhere on this machine. */
function environment(
  { home, folder }: SparkSetup,
  token: string | undefined,
  env: Readonly<Record<string, string | undefined>>
): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(
    ([name]) => !/^_?SPARK_|^JAVA_TOOL_OPTIONS$|^JDK_JAVA_OPTIONS$/.test(name)
  )
  return {
    ...Object.fromEntries(own),
    SPARK_HOME: home,
    SPARK_SCALA_VERSION: '2.13',
    SPARK_LOCAL_IP: '127.0.0.1',
    SPARK_LOCAL_DIRS: join(folder, 'tmp'),
    TMPDIR: join(folder, 'tmp'),
    ...(token !== undefined && { SPARK_CONNECT_AUTHENTICATE_TOKEN: token })
  }
}

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

  constructor(
    setup: SparkSetup,
    java: string,
    env: NodeJS.ProcessEnv,
    { token, tied }: Pick<SparkOptions, 'token' | 'tied'>
  ) {
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

  /** Ends a process as a crash would, and what it started itself. */
  async kill(role: SparkRole): Promise<void> {
    await this.#processes.get(role)?.kill()
  }

  /** Resolves when Connect can be asked and all executors are there. @throws VisorError LOCAL when a process ends */
  async answers(signal: AbortSignal): Promise<void> {
    while (!(await this.#isReady(signal))) {
      for (const program of this.#processes.values()) program.check()
      await pause(POLL, signal)
    }
  }

  async #isReady(signal: AbortSignal): Promise<boolean> {
    if (!(await isListening(this.setup.port))) return false
    const executors = await executorsAt(this.ui, signal)
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

  /** The programs that tasks run at the moment. */
  scripts(): ProcessId[] {
    return this.executors().flatMap(({ pid }) => childrenOf(pid))
  }

  /** Ends all of it in order; its folder is gone after it. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const role of this.roles.toReversed()) await this.#processes.get(role)?.stop()
    rmSync(this.setup.folder, { recursive: true, force: true })
    this.#guard?.dismiss()
  }
}
