import { addressText } from '../core/address.ts'
import { MINUTE_MS, SECOND_MS, type Clock, type Millis } from '../core/time.ts'
import type { SparkCallOptions } from './connection.ts'
import { sql } from './relation.ts'
import type { SparkSession } from './session.ts'

/** How long Spark's pages are waited for: they may be behind a wall that swallows everything. */
const PAGE_TIMEOUT: Millis = 2 * SECOND_MS
/** How long pages that were not found are not looked for again. */
const LOOK_AGAIN: Millis = 5 * MINUTE_MS
/** Where the port of the pages is taken, Spark takes one of the next. */
const PORTS = 4
const DEFAULT_PORT = '4040'
const PARALLELISM = 'spark.sql.leafNodeDefaultParallelism'

/** What a cluster has; what cannot be known is absent. */
export interface SparkCluster {
  /** Processes that run tasks. */
  readonly executors?: number
  /** How many tasks run at once. */
  readonly cores?: number
  /** Spark's own pages on this application. */
  readonly page?: string
}

/** The executors of a session's application, cheap enough to be asked for every few seconds. */
export class ClusterView {
  readonly #session: SparkSession
  readonly #clock: Clock
  #application: { readonly page: string; readonly executors: string } | undefined
  #looked: Millis = -Infinity
  #parallelism: number | undefined

  constructor(session: SparkSession, clock: Clock) {
    this.#session = session
    this.#clock = clock
  }

  /** @throws SparkError where the session does not answer; pages that do not answer are no error */
  async look(call: SparkCallOptions = {}): Promise<SparkCluster> {
    if (!this.#application && this.#clock() - this.#looked >= LOOK_AGAIN) {
      this.#looked = this.#clock()
      this.#application = await this.#find(call)
    }
    const application = this.#application
    const executors = application && (await executorsAt(application.executors, call))
    const cores = executors?.reduce((sum, one) => sum + one.totalCores, 0) ?? (await this.#tasksAtOnce(call))
    return {
      ...(executors && { executors: executors.length }),
      ...(cores !== undefined && { cores }),
      ...(application && { page: application.page })
    }
  }

  /** The pages of this very application: others may be at the same address. */
  async #find(call: SparkCallOptions): Promise<{ page: string; executors: string } | undefined> {
    const keys = ['spark.app.id', 'spark.driver.host', 'spark.ui.enabled', 'spark.ui.port']
    const found = await this.#session.get(keys, call)
    const [id, host, enabled, port = DEFAULT_PORT] = keys.map(key => found[key])
    if (id === undefined || enabled === 'false') return undefined
    const hosts = [...new Set([host ?? '', this.#session.address.host])].filter(host => host !== '')
    const ports = Array.from({ length: PORTS }, (_, i) => Number(port) + i)
    for (const page of ports.flatMap(port => hosts.map(host => `http://${addressText({ host, port })}`))) {
      const executors = `${page}/api/v1/applications/${encodeURIComponent(id)}/executors`
      if (await executorsAt(executors, call)) return { page, executors }
    }
    return undefined
  }

  /** What Spark cuts a range into by itself; not known where a session says into how many. */
  async #tasksAtOnce(call: SparkCallOptions): Promise<number | undefined> {
    if (this.#parallelism !== undefined) return this.#parallelism
    const { [PARALLELISM]: set } = await this.#session.get([PARALLELISM], call)
    if (set !== undefined) return undefined
    const [row] = await this.#session.query(sql('EXPLAIN SELECT * FROM range(1)'), call)
    const splits = /splits=(?:Some\()?(\d+)/.exec(String(row?.['plan']))?.[1]
    return (this.#parallelism = splits === undefined ? undefined : Number(splits))
  }
}

/** An executor as Spark's own pages tell of it. */
interface Executor {
  readonly id: string
  readonly isActive: boolean
  readonly totalCores: number
}

/** Those of an application that run tasks, by the address that lists them: the driver is among them only where it does that itself. `undefined` where nobody tells. */
export async function executorsAt(
  url: string,
  { signal }: SparkCallOptions
): Promise<Executor[] | undefined> {
  try {
    const timeout = AbortSignal.timeout(PAGE_TIMEOUT)
    const response = await fetch(url, { signal: signal ? AbortSignal.any([signal, timeout]) : timeout })
    const executors: unknown = response.ok ? await response.json() : undefined
    if (Array.isArray(executors))
      return executors.filter(isExecutor).filter(one => one.isActive && one.totalCores > 0)
  } catch {
    signal?.throwIfAborted()
  }
  return undefined
}

function isExecutor(value: unknown): value is Executor {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'string' &&
    'isActive' in value &&
    'totalCores' in value &&
    typeof value.totalCores === 'number'
  )
}
