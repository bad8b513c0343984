import { createHash } from 'node:crypto'
import type { Millis } from '../../core/time.ts'
import { parseSparkAddress } from '../../spark/address.ts'
import { provideArtifacts, type SparkArtifact } from '../../spark/artifacts.ts'
import type { SparkRow } from '../../spark/arrow.ts'
import { kitCommand, packKit, type Kit } from '../../spark/kit.ts'
import { SparkSession } from '../../spark/session.ts'
import type { AnswerRow } from './protocol.ts'

/** What stands behind `TRANSFORM(…)`: columns with tabs between them, both ways. */
const TABS = String.raw`ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t'`

/** The columns of rows that workers answer with. */
const ANSWER_COLUMNS = 'task INT, part INT, kind STRING, payload STRING'

/** SQL that hands columns of rows to workers which a command starts; `answers` are the columns of the rows that come back. */
export function transformSql(
  columns: string,
  command: string,
  from: string,
  answers: string = ANSWER_COLUMNS
): string {
  return `SELECT TRANSFORM(${columns}) ${TABS} USING '${command}' AS (${answers}) ${TABS} FROM ${from}`
}

/** A row of an answer. */
export function answerRow({ task, part, kind, payload }: SparkRow): AnswerRow {
  return { task: Number(task), part: Number(part), kind: String(kind), payload: String(payload) }
}

/** A job, plain data, as a file for executors: named by its content. */
export function jobFile(
  purpose: string,
  job: unknown
): { readonly name: string; readonly bytes: Uint8Array } {
  const bytes = Buffer.from(JSON.stringify(job))
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16)
  return { name: `${purpose}-${hash}.json`, bytes }
}

/** What a session is opened with, so that its executors have Visor's worker. */
export interface KitSessionOptions {
  readonly connect: string
  readonly kit: Kit
  /** Whoever has the same goes on with the same session. */
  readonly purpose: string
  /** Of Spark, for this session alone. */
  readonly settings: Readonly<Record<string, string>>
  /** What executors are to have besides. */
  readonly artifacts?: readonly SparkArtifact[]
  readonly signal: AbortSignal
}

/** Goes on with the session of an earlier run, which has the kit, or begins one and gives it that. @throws SparkError */
export async function openWithKit(options: KitSessionOptions): Promise<SparkSession> {
  const { connect, kit, purpose, settings, artifacts = [], signal } = options
  const name = `${purpose} ${kit.hash}`
  const session = await SparkSession.open(parseSparkAddress(connect), { name, signal })
  try {
    await session.set(settings, { signal })
    await provideArtifacts(session, [kit.artifact, ...artifacts], { signal })
    return session
  } catch (error) {
    session.close()
    throw error
  }
}

/** Settings of Spark, of a session alone. */
const SETTINGS = {
  'spark.sql.chunkBase64String.enabled': 'false',
  'spark.sql.sources.partitionColumnTypeInference.enabled': 'false'
}

export interface WorkersOptions {
  /** The address of a Spark Connect server, as a user writes it. */
  readonly connect: string
  /** Node for executors: see `KitOptions`. */
  readonly node?: string | undefined
  /** What the workers are for: whoever has the same goes on with the same session. */
  readonly purpose: string
  readonly signal: AbortSignal
}

/** Workers that are reached when they are first needed, and again when their session is over. */
export class SharedWorkers {
  readonly #options: Omit<WorkersOptions, 'signal'>
  #opened: Promise<Workers> | undefined

  constructor(options: Omit<WorkersOptions, 'signal'>) {
    this.#options = options
  }

  /** Throws as `Workers.open` does. */
  async open(signal: AbortSignal): Promise<Workers> {
    for (;;) {
      this.#opened ??= Workers.open({ ...this.#options, signal })
      const opened = this.#opened
      try {
        const workers = await opened
        await workers.session.greet({ signal })
        return workers
      } catch (error) {
        if (this.#opened === opened) this.#opened = undefined
        const workers = await opened.catch(() => undefined)
        if (!workers) throw error
        workers.close()
        signal.throwIfAborted()
      }
    }
  }

  async close(): Promise<void> {
    const workers = await this.#opened?.catch(() => undefined)
    workers?.close()
  }
}

/** A session whose executors have Visor's worker, for jobs of any kind. */
export class Workers {
  readonly session: SparkSession
  readonly #kit: Kit
  /** Names of jobs that executors have. */
  readonly #jobs = new Set<string>()

  private constructor(session: SparkSession, kit: Kit) {
    this.session = session
    this.#kit = kit
  }

  /** @throws VisorError where Spark cannot be reached, refuses, or runs no programs */
  static async open({ connect, node, purpose, signal }: WorkersOptions): Promise<Workers> {
    const kit = await packKit({ node })
    return new Workers(await openWithKit({ connect, kit, purpose, settings: SETTINGS, signal }), kit)
  }

  /** Gives executors a job, plain data, and comes to the command that starts a worker on it; `time`: for how long at most. */
  async command(mode: string, job: unknown, time: Millis, signal: AbortSignal): Promise<string> {
    const { name, bytes } = jobFile(mode, job)
    if (!this.#jobs.has(name)) await this.session.upload(`files/${name}`, bytes, { signal })
    this.#jobs.add(name)
    const { serverSession } = this.session
    return kitCommand(this.#kit, serverSession, mode, `./${serverSession}/${name}`, String(time))
  }

  /** The session stays on the server, to go on with. */
  close(): void {
    this.session.close()
  }
}
