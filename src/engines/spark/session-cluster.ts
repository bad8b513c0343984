import { SECOND_MS, type Clock, type Millis } from '../../core/time.ts'
import { parseSparkAddress, sparkAddressText } from '../../spark/address.ts'
import type { SparkRow } from '../../spark/arrow.ts'
import { ClusterView } from '../../spark/cluster.ts'
import { kitCommand, packKit, servedCommand, type Kit } from '../../spark/kit.ts'
import { SparkError } from '../../spark/problem.ts'
import { aliasOf, localRelation, queryPlan, sqlOver, type SparkRelation } from '../../spark/relation.ts'
import type { SparkSession } from '../../spark/session.ts'
import type { EngineSource } from '../../counting/plan.ts'
import type { RangeSource, SourceDependencies } from '../../sources/kind.ts'
import type { KafkaOptions } from '../../sources/kafka/options.ts'
import type { BatchCluster, ClusterFacts, TaskInput } from './cluster.ts'
import { decodeAnswer } from './decode.ts'
import { emptyAmong, emptyResult, readsRows, rowsPlan } from './kafka/plan.ts'
import { isKafka, SparkKafkaSource } from './kafka/source.ts'
import type { SparkEngineOptions } from './options.ts'
import { packData } from './pack.ts'
import type { AnswerRow, BatchAnswer, Job, WorkerTask } from './protocol.ts'
import { answerRow, jobFile, openWithKit, transformSql } from './workers.ts'
import { encodeResult } from './worker/encode.ts'

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

export interface SessionClusterOptions {
  /** Its address, as a user writes it. */
  readonly connect: string
  /** Node for executors: see `KitOptions`. */
  readonly node?: string | undefined
  /** Whoever has the same goes on with the same session. */
  readonly identity: string
  readonly job: Job
  readonly clock: Clock
  /** How large the answer of a batch is before executors add up the next one's counts. */
  readonly mergeBytes?: number
  /** Who reads sources of Kafka; the worker when absent. */
  readonly readKafka?: SparkEngineOptions['kafka']['read']
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
    this.#job = jobFile('visor', options.job)
    this.#kit = packKit({ node: options.node })
    this.#kit.catch(() => {})
    this.#facts = { name: `Spark at ${sparkAddressText(parseSparkAddress(options.connect))}` }
  }

  get facts(): ClusterFacts {
    return this.#facts
  }

  async run(tasks: readonly TaskInput[], timeout: Millis, signal: AbortSignal): Promise<BatchAnswer> {
    const rows = await this.#with(signal, async prepared => {
      const [read, given] = [true, false].map(is => tasks.filter(({ task }) => readsRows(task) === is))
      const answers = [
        ...(given!.length > 0 ? [this.#rows(prepared, given!, timeout, signal)] : []),
        ...Array.from(this.#bySource(read!), async ([name, its]) =>
          this.#rowsThroughSpark(prepared, this.#kafkaOf(name), its, timeout, signal)
        )
      ]
      return (await Promise.all(answers)).flat()
    })
    return this.#answer(tasks, rows)
  }

  openSource = (
    { options, known }: EngineSource,
    dependencies: SourceDependencies
  ): RangeSource | undefined => {
    if (this.#options.readKafka !== 'spark' || !isKafka(options)) return undefined
    return new SparkKafkaSource(options, known, dependencies, (relation, signal) =>
      this.#with(signal, ({ session }) => session.query(relation, { signal }))
    )
  }

  /** Does something in the session; once more where that was over. */
  async #with<T>(signal: AbortSignal, act: (prepared: Prepared) => Promise<T>): Promise<T> {
    for (let again = true; ; again = false) {
      const prepared = await this.#prepare(signal)
      if (this.#options.clock() - this.#looked >= LOOK_INTERVAL) void this.#look(prepared).catch(() => {})
      try {
        return await act(prepared)
      } catch (error) {
        // A server that was started anew knows nothing of the session.
        const over = error instanceof SparkError && error.kind === 'session'
        if (over) this.#forget(prepared)
        if (!over || !again) throw error
      }
    }
  }

  /** What executors are given. @throws VisorError where its Node does not exist */
  get kit(): Promise<Kit> {
    return this.#kit
  }

  async close(): Promise<void> {
    const prepared = await this.#prepared?.catch(() => {})
    prepared?.session.close()
  }

  async #rows(
    { kit, session }: Prepared,
    tasks: readonly TaskInput[],
    timeout: Millis,
    signal: AbortSignal
  ): Promise<readonly AnswerRow[]> {
    const parts = this.#parts(tasks)
    const alias = aliasOf('batch')
    const input = localRelation({
      task: { type: 'text', values: tasks.map(({ task }) => JSON.stringify({ ...task, parts })) },
      data: { type: 'bytes', values: await Promise.all(tasks.map(({ data }) => packData(data))) }
    })
    const { serverSession } = session
    const command = (mode: string): string =>
      servedCommand(kit, serverSession, mode, `./${serverSession}/${this.#job.name}`, String(timeout))
    const counted = transformSql('task, base64(data)', command('count'), alias)
    const dealt = `(SELECT /*+ REPARTITION(${parts}, part) */ * FROM (${counted}))`
    const merged = transformSql('task, part, kind, payload', command('merge'), dealt)
    const relation = sqlOver(parts > 1 ? merged : counted, { [alias]: input })
    const { rows, bytes } = await session.run(queryPlan(relation), { signal, timeout })
    this.#answered = { bytes, parts }
    return rows.map(answerRow)
  }

  /** Into how many parts counts are dealt out, to be added up on executors: 1, not at all, unless much came back last. */
  #parts({ length }: readonly TaskInput[]): number {
    const { mergeBytes = MERGE_BYTES } = this.#options
    const { bytes, parts } = this.#answered
    // What was added up is smaller, by the number of tasks at the most.
    const much = bytes > (parts > 1 ? mergeBytes / length : mergeBytes)
    return much && length >= MERGE_TASKS ? Math.min(length, Math.max(2, this.#facts.cores ?? 2)) : 1
  }

  /** Rows of tasks whose messages Spark reads, of one source. */
  async #rowsThroughSpark(
    { kit, session }: Prepared,
    options: KafkaOptions,
    tasks: readonly WorkerTask[],
    timeout: Millis,
    signal: AbortSignal
  ): Promise<readonly AnswerRow[]> {
    const { serverSession } = session
    const words = [`./${serverSession}/${this.#job.name}`, String(timeout)]
    const plan = rowsPlan(options, tasks, told => kitCommand(kit, serverSession, 'rows', ...words, told))
    const query = (relation: SparkRelation): Promise<readonly SparkRow[]> =>
      session.query(relation, { signal, timeout })
    const rows = (await query(plan)).map(answerRow)
    const answered = new Set(rows.map(({ task }) => task))
    const empty = await emptyAmong(
      options,
      tasks.filter(({ id }) => !answered.has(id)),
      query
    )
    return [...rows, ...empty.flatMap(task => encodeResult(this.#options.job.plan, emptyResult(task)))]
  }

  #bySource(tasks: readonly TaskInput[]): Map<string, WorkerTask[]> {
    return Map.groupBy(
      tasks.map(({ task }) => task),
      ({ segments }) => segments[0]?.source ?? ''
    )
  }

  /** @throws RangeError for a source that is none of Kafka */
  #kafkaOf(name: string): KafkaOptions {
    const options = this.#options.job.plan.sources.find(source => source.name === name)?.options
    if (!options || !isKafka(options)) throw new RangeError(`source ${name} is none of Kafka`)
    return options
  }

  #answer(tasks: readonly TaskInput[], rows: readonly AnswerRow[]): BatchAnswer {
    const asked = tasks.map(({ task }) => task)
    const decoded = decodeAnswer(this.#options.job, asked, rows)
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
    const job = { name: `files/${name}`, holds: name, read: async () => bytes }
    const given = { settings: SETTINGS, artifacts: [job], signal }
    const session = await openWithKit({ connect, kit, purpose: identity, ...given })
    try {
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
