import { createHash } from 'node:crypto'
import { SECOND_MS, type Clock, type Millis } from '../../core/time.ts'
import { parseSparkAddress, sparkAddressText } from '../../spark/address.ts'
import { provideArtifacts } from '../../spark/artifacts.ts'
import type { SparkRow } from '../../spark/arrow.ts'
import { ClusterView } from '../../spark/cluster.ts'
import { kitCommand, packKit, type Kit } from '../../spark/kit.ts'
import { SparkError } from '../../spark/problem.ts'
import { aliasOf, localRelation, queryPlan, sqlOver } from '../../spark/relation.ts'
import { SparkSession } from '../../spark/session.ts'
import type { BatchCluster, ClusterFacts, TaskInput } from './cluster.ts'
import { decodeAnswer } from './decode.ts'
import { packData } from './pack.ts'
import type { AnswerRow, BatchAnswer, Job } from './protocol.ts'

/** Of the engine's sessions alone: rows in plans are exact, and nothing is planned that such small plans do not need. */
const SETTINGS = {
  'spark.sql.chunkBase64String.enabled': 'false',
  'spark.sql.adaptive.enabled': 'false',
  'spark.sql.codegen.wholeStage': 'false'
}

/** How often it is looked at what the cluster has. */
const LOOK_INTERVAL: Millis = 5 * SECOND_MS

/** From so many tasks on whose answers are so large together, executors add their counts up. */
const MERGE_TASKS = 4
const MERGE_BYTES = 8 << 20

const TABS = "ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t'"
const COLUMNS = 'AS (task INT, part INT, kind STRING, payload STRING)'

export interface SessionClusterOptions {
  /** Its address, as a user writes it. */
  readonly connect: string
  /** Whoever has the same goes on with the same session. */
  readonly identity: string
  readonly job: Job
  readonly clock: Clock
  /** How large the answer of a batch is before executors add up the next one's counts. */
  readonly mergeBytes?: number
}

/** A session that has all that workers need. */
interface Prepared {
  readonly session: SparkSession
  readonly kit: Kit
  readonly view: ClusterView
}

/** Runs batches in a session of a Spark Connect server. */
export class SessionCluster implements BatchCluster {
  readonly #options: SessionClusterOptions
  readonly #job: { readonly name: string; readonly bytes: Uint8Array }
  readonly #kit: Promise<Kit>
  #prepared: Promise<Prepared> | undefined
  #facts: ClusterFacts
  #looked: Millis = -Infinity
  /** How large the last answer was, and by how many parts it was added up. */
  #answered = { bytes: 0, parts: 1 }

  constructor(options: SessionClusterOptions) {
    this.#options = options
    const bytes = Buffer.from(JSON.stringify(options.job))
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16)
    this.#job = { name: `visor-${hash}.json`, bytes }
    this.#kit = packKit()
    this.#kit.catch(() => {})
    this.#facts = { name: `Spark at ${sparkAddressText(parseSparkAddress(options.connect))}` }
  }

  get facts(): ClusterFacts {
    return this.#facts
  }

  async run(tasks: readonly TaskInput[], timeout: Millis, signal: AbortSignal): Promise<BatchAnswer> {
    for (let again = true; ; again = false) {
      const prepared = await this.#prepare(signal)
      if (this.#options.clock() - this.#looked >= LOOK_INTERVAL) void this.#look(prepared).catch(() => {})
      try {
        return this.#answer(tasks, await this.#rows(prepared, tasks, timeout, signal))
      } catch (error) {
        // A server that was started anew knows nothing of the session.
        const over = error instanceof SparkError && error.kind === 'session'
        if (over) this.#forget(prepared)
        if (!over || !again) throw error
      }
    }
  }

  async close(): Promise<void> {
    const prepared = await this.#prepared?.catch(() => {})
    prepared?.session.close()
  }

  async #rows(
    prepared: Prepared,
    tasks: readonly TaskInput[],
    timeout: Millis,
    signal: AbortSignal
  ): Promise<readonly SparkRow[]> {
    const parts = this.#parts(tasks)
    const alias = aliasOf('batch')
    const input = localRelation({
      task: { type: 'text', values: tasks.map(({ task }) => JSON.stringify({ ...task, parts })) },
      data: { type: 'bytes', values: await Promise.all(tasks.map(({ data }) => packData(data))) }
    })
    const words = [`./${prepared.session.serverSession}/${this.#job.name}`, String(timeout)]
    const counted = transform('task, base64(data)', commandOf(prepared, 'count', words), alias)
    const dealt = `(SELECT /*+ REPARTITION(${parts}, part) */ * FROM (${counted}))`
    const merged = transform('task, part, kind, payload', commandOf(prepared, 'merge', words), dealt)
    const relation = sqlOver(parts > 1 ? merged : counted, { [alias]: input })
    const { rows, bytes } = await prepared.session.run(queryPlan(relation), { signal, timeout })
    this.#answered = { bytes, parts }
    return rows
  }

  /** Into how many parts counts are dealt out, to be added up on executors: 1, not at all, unless much came back last. */
  #parts({ length }: readonly TaskInput[]): number {
    const { mergeBytes = MERGE_BYTES } = this.#options
    const { bytes, parts } = this.#answered
    // What was added up is smaller, by the number of tasks at the most.
    const much = bytes > (parts > 1 ? mergeBytes / length : mergeBytes)
    return much && length >= MERGE_TASKS ? Math.min(length, Math.max(2, this.#facts.cores ?? 2)) : 1
  }

  #answer(tasks: readonly TaskInput[], rows: readonly SparkRow[]): BatchAnswer {
    const asked = tasks.map(({ task }) => task)
    const decoded = decodeAnswer(this.#options.job, asked, rows.map(rowOf))
    if ('answer' in decoded) return decoded.answer
    throw new Error(`what the workers wrote has not come whole: ${decoded.problem}`)
  }

  async #prepare(signal: AbortSignal): Promise<Prepared> {
    this.#prepared ??= this.#open(signal)
    try {
      return await this.#prepared
    } catch (error) {
      this.#prepared = undefined
      throw error
    }
  }

  /** Goes on with the session of an earlier run, which has the kit and the job, or begins one and gives it these. */
  async #open(signal: AbortSignal): Promise<Prepared> {
    const { connect, identity } = this.#options
    const kit = await this.#kit
    const { name, bytes } = this.#job
    const session = await SparkSession.open(parseSparkAddress(connect), {
      name: `${identity} ${kit.hash}`,
      signal
    })
    try {
      await session.set(SETTINGS, { signal })
      const job = { name: `files/${name}`, holds: name, read: async () => bytes }
      await provideArtifacts(session, [kit.artifact, job], { signal })
      const prepared = { session, kit, view: new ClusterView(session, this.#options.clock) }
      await this.#look(prepared, signal)
      return prepared
    } catch (error) {
      session.close()
      throw error
    }
  }

  async #look({ session, view }: Prepared, signal?: AbortSignal): Promise<void> {
    this.#looked = this.#options.clock()
    const name = `Spark ${session.version} at ${sparkAddressText(session.address)}`
    this.#facts = { name, ...(await view.look(signal && { signal })) }
  }

  #forget({ session }: Prepared): void {
    session.close()
    this.#prepared = undefined
  }
}

function rowOf({ task, part, kind, payload }: SparkRow): AnswerRow {
  return { task: Number(task), part: Number(part), kind: String(kind), payload: String(payload) }
}

function transform(columns: string, command: string, from: string): string {
  return `SELECT TRANSFORM(${columns}) ${TABS} USING '${command}' ${COLUMNS} ${TABS} FROM ${from}`
}

function commandOf({ kit, session }: Prepared, mode: string, words: readonly string[]): string {
  return kitCommand(kit, session.serverSession, mode, ...words)
}
