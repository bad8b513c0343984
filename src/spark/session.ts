import { createHash, randomUUID } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { CallOptions } from '@connectrpc/connect'
import { MINUTE_MS, SECOND_MS, type Millis } from '../core/time.ts'
import { sparkAddressText, type SparkAddress } from './address.ts'
import { rowsOf, type SparkRow } from './arrow.ts'
import { SparkConnection, type SparkService } from './connection.ts'
import { failureOf, SparkError } from './problem.ts'
import type { ExecutionProgress, StageInfo } from './proto/connect_pb.ts'
import { queryPlan, type SparkPlan, type SparkRelation } from './relation.ts'

const CALL_TIMEOUT: Millis = 15 * SECOND_MS
const UPLOAD_TIMEOUT: Millis = 5 * MINUTE_MS
const PLAN_TIMEOUT: Millis = 10 * MINUTE_MS
/** A server ends sessions that it hears nothing of for an hour. */
const KEEP_ALIVE: Millis = 10 * MINUTE_MS
const OLDEST_MAJOR = 4
/** How many sessions of one name a server may have closed before. */
const MAX_GENERATIONS = 1000
const CHUNK_BYTES = 32 * 1024
const CLIENT = 'visor'
const BY_OPERATION = 3
const BY_TAG = 2

export interface SparkCallOptions {
  readonly signal?: AbortSignal
  /** The call ends by then, even when nothing answers. */
  readonly timeout?: Millis
}

export interface SparkPlanOptions extends SparkCallOptions {
  /** For `interrupt`. */
  readonly tag?: string
  /** Called every few seconds while a plan runs, as often as the server says. */
  readonly onProgress?: (progress: SparkProgress) => void
}

/** How far a plan has come. */
export interface SparkProgress {
  /** Of the stages that have begun. */
  readonly tasks: number
  readonly done: number
  /** What was read of files, as they are stored. */
  readonly bytes: number
}

export interface SessionOptions extends SparkCallOptions {
  /** The session's id is made of it: whoever gives the same text as the same user goes on with the same session. */
  readonly name: string
  /** Certificates that are trusted instead of those that Node trusts (PEM). */
  readonly ca?: string
}

/** Some rows of an answer, and how many bytes they were on the way. */
export interface SparkRows {
  readonly rows: readonly SparkRow[]
  readonly bytes: number
}

/** A column of a plan: `type` as Spark's protocol names it, such as `string`, `long`, `timestamp`. */
export interface SparkColumn {
  readonly name: string
  readonly type: string
  readonly nullable: boolean
}

interface Who {
  readonly sessionId: string
  readonly userContext: { readonly userId: string; readonly userName: string }
  readonly clientType: string
  /** Unless this is a session's first call. Where it is another by now, the server has been started anew and says so. */
  readonly clientObservedServerSideSessionId?: string
}

/**
 * A session on a Spark Connect server. All methods reject with a SparkError, or with the reason of their signal. Plans are run
 * without reattaching: they are batches of seconds, and one whose answer was cut is asked again as a whole.
 */
export class SparkSession {
  readonly id: string
  /** The server's own name of the session: the folder on executors in which its artifacts lie. */
  readonly serverSession: string
  /** Of Spark. */
  readonly version: string
  readonly #connection: SparkConnection
  readonly #who: Who
  readonly #alive: NodeJS.Timeout

  private constructor(connection: SparkConnection, who: Who, version: string, serverSession: string) {
    this.id = who.sessionId
    this.serverSession = serverSession
    this.version = version
    this.#connection = connection
    this.#who = { ...who, clientObservedServerSideSessionId: serverSession }
    this.#alive = setInterval(() => void this.greet().catch(() => {}), KEEP_ALIVE)
    this.#alive.unref()
  }

  /**
   * Connects, and begins or goes on with the session of a name. Where the server has closed that one, the next of the same name
   * is taken.
   */
  static async open(address: SparkAddress, { name, ca, ...call }: SessionOptions): Promise<SparkSession> {
    const connection = new SparkConnection(address, ca)
    try {
      for (let generation = 0; ; generation++) {
        const sessionId = address.session ?? uuidOf(`${name}\n${generation}`)
        const user = address.user ?? CLIENT
        const who: Who = { sessionId, userContext: { userId: user, userName: user }, clientType: CLIENT }
        try {
          const { version, serverSession } = await greet(connection, who, call)
          if (Number.parseInt(version, 10) >= OLDEST_MAJOR)
            return new SparkSession(connection, who, version, serverSession)
          const at = sparkAddressText(address)
          throw new SparkError('refused', `${at} runs Spark ${version}; 4.0 or newer is needed`, {
            code: 'SPARK_VERSION'
          })
        } catch (error) {
          const closed =
            error instanceof SparkError && error.kind === 'session' && address.session === undefined
          if (!closed || generation === MAX_GENERATIONS) throw error
        }
      }
    } catch (error) {
      connection.close()
      throw error
    }
  }

  get address(): SparkAddress {
    return this.#connection.address
  }

  /** Asks for nothing but an answer, which tells the server that the session is in use. */
  async greet(call: SparkCallOptions = {}): Promise<void> {
    await greet(this.#connection, this.#who, call)
  }

  /** Sets configuration of this session alone. */
  async set(settings: Readonly<Record<string, string>>, call: SparkCallOptions = {}): Promise<void> {
    const pairs = Object.entries(settings).map(([key, value]) => ({ key, value }))
    const operation = { opType: { case: 'set' as const, value: { pairs } } }
    await this.#call(call, (service, options) => service.config({ ...this.#who, operation }, options))
  }

  /** Values of Spark's configuration as this session sees it, without those that are not set. */
  async get(keys: readonly string[], call: SparkCallOptions = {}): Promise<Readonly<Record<string, string>>> {
    const operation = { opType: { case: 'getOption' as const, value: { keys: [...keys] } } }
    const { pairs } = await this.#call(call, (service, options) =>
      service.config({ ...this.#who, operation }, options)
    )
    return Object.fromEntries(pairs.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value]])))
  }

  /** The columns of a plan, which is looked at but not run. */
  async columns(relation: SparkRelation, call: SparkCallOptions = {}): Promise<SparkColumn[]> {
    const analyze = { case: 'schema' as const, value: { plan: queryPlan(relation) } }
    const { result } = await this.#call(call, (service, options) =>
      service.analyzePlan({ ...this.#who, analyze }, options)
    )
    const kind = result.case === 'schema' ? result.value.schema?.kind : undefined
    const fields = kind?.case === 'struct' ? kind.value.fields : []
    return fields.map(({ name, dataType, nullable }) => ({
      name,
      type: dataType?.kind.case ?? 'unknown',
      nullable
    }))
  }

  /**
   * Runs a plan; rows come as tasks end, in the order of tasks. Whether a task was tried several times cannot be seen: of each
   * come the rows of the one try that succeeded. A plan that is left before its end is interrupted.
   */
  async *execute(
    plan: SparkPlan,
    { tag, onProgress, ...call }: SparkPlanOptions = {}
  ): AsyncGenerator<SparkRows> {
    const operationId = randomUUID()
    const request = { ...this.#who, operationId, plan, tags: tag === undefined ? [] : [tag] }
    let ended = false
    try {
      const options = callOptions(call, PLAN_TIMEOUT)
      for await (const { responseType } of this.#connection.service.executePlan(request, options)) {
        if (responseType.case === 'executionProgress') onProgress?.(progressOf(responseType.value))
        if (responseType.case !== 'arrowBatch') continue
        const { data } = responseType.value
        yield { rows: rowsOf(data), bytes: data.length }
      }
      ended = true
    } catch (error) {
      throw await this.#problem(error, call)
    } finally {
      if (!ended) this.#interruptOperation(operationId)
    }
  }

  /** Runs a plan to its end. */
  async run(plan: SparkPlan, options: SparkPlanOptions = {}): Promise<SparkRows> {
    const rows: SparkRow[] = []
    let bytes = 0
    for await (const some of this.execute(plan, options)) {
      for (const row of some.rows) rows.push(row)
      bytes += some.bytes
    }
    return { rows, bytes }
  }

  /** The rows of a relation. */
  async query(relation: SparkRelation, options: SparkPlanOptions = {}): Promise<SparkRow[]> {
    return [...(await this.run(queryPlan(relation), options)).rows]
  }

  /**
   * Ends the plans of a tag; how many there were. Programs that TRANSFORM started on executors are not ended by it, and go on.
   */
  async interrupt(tag: string, call: SparkCallOptions = {}): Promise<number> {
    const request = {
      ...this.#who,
      interruptType: BY_TAG,
      interrupt: { case: 'operationTag' as const, value: tag }
    }
    const { interruptedIds } = await this.#call(call, (service, options) =>
      service.interrupt(request, options)
    )
    return interruptedIds.length
  }

  /**
   * Gives the session an artifact: `files/NAME` is the file SERVER_SESSION/NAME on executors, and `archives/FILE.tar.gz#NAME` is
   * unpacked in SERVER_SESSION/NAME. The same name with the same bytes may come again, with others it is refused.
   */
  async upload(name: string, bytes: Uint8Array, call: SparkCallOptions = {}): Promise<void> {
    const who = this.#who
    const { artifacts } = await this.#call({ timeout: UPLOAD_TIMEOUT, ...call }, (service, options) =>
      service.addArtifacts(chunks(), options)
    )
    if (artifacts.every(({ isCrcSuccessful }) => isCrcSuccessful)) return
    throw new SparkError('connection', `${name} has come to Spark with other bytes than were sent`)
    async function* chunks() {
      // What begins in chunks must have two at the least.
      const size = Math.min(CHUNK_BYTES, Math.ceil(bytes.length / 2))
      const numChunks = Math.ceil(bytes.length / size)
      for (let i = 0; i < numChunks; i++) {
        const data = bytes.subarray(i * size, (i + 1) * size)
        const chunk = { data, crc: BigInt(crc32(data)) }
        if (i > 0) yield { ...who, payload: { case: 'chunk' as const, value: chunk } }
        else {
          const begin = {
            name,
            totalBytes: BigInt(bytes.length),
            numChunks: BigInt(numChunks),
            initialChunk: chunk
          }
          yield { ...who, payload: { case: 'beginChunk' as const, value: begin } }
        }
      }
    }
  }

  /** Ends the session on the server for good, with its plans; what executors have of its artifacts stays there. */
  async release(call: SparkCallOptions = {}): Promise<void> {
    await this.#call(call, (service, options) => service.releaseSession(this.#who, options))
    this.close()
  }

  /** Ends all calls and the connection; the session stays on the server, to go on with. */
  close(): void {
    clearInterval(this.#alive)
    this.#connection.close()
  }

  #interruptOperation(operationId: string): void {
    const request = {
      ...this.#who,
      interruptType: BY_OPERATION,
      interrupt: { case: 'operationId' as const, value: operationId }
    }
    this.#connection.service.interrupt(request, callOptions({}, CALL_TIMEOUT)).catch(() => {})
  }

  async #call<T>(
    call: SparkCallOptions,
    act: (service: SparkService, options: CallOptions) => Promise<T>
  ): Promise<T> {
    try {
      return await act(this.#connection.service, callOptions(call, CALL_TIMEOUT))
    } catch (error) {
      throw await this.#problem(error, call)
    }
  }

  async #problem(error: unknown, call: SparkCallOptions): Promise<unknown> {
    return problemOf(this.#connection, this.#who, error, call)
  }
}

async function greet(connection: SparkConnection, who: Who, call: SparkCallOptions) {
  try {
    const request = { ...who, analyze: { case: 'sparkVersion' as const, value: {} } }
    const answer = await connection.service.analyzePlan(request, callOptions(call, CALL_TIMEOUT))
    const { result, serverSideSessionId } = answer
    return {
      version: result.case === 'sparkVersion' ? result.value.version : '',
      serverSession: serverSideSessionId
    }
  } catch (error) {
    throw await problemOf(connection, who, error, call)
  }
}

/** What a call that failed comes to. Spark cuts long messages in the answer; the whole is asked for. */
async function problemOf(
  connection: SparkConnection,
  who: Who,
  error: unknown,
  { signal }: SparkCallOptions
): Promise<unknown> {
  if (signal?.aborted) return signal.reason
  const at = sparkAddressText(connection.address)
  const { errorId, silent, describe } = failureOf(error)
  if (silent) connection.renew()
  if (errorId === undefined) return describe(at)
  try {
    const options = callOptions({}, CALL_TIMEOUT)
    const { errors } = await connection.service.fetchErrorDetails({ ...who, errorId }, options)
    return describe(
      at,
      errors.map(({ message }) => message)
    )
  } catch {
    return describe(at)
  }
}

function progressOf({ stages }: ExecutionProgress): SparkProgress {
  const sum = (of: (stage: StageInfo) => bigint): number =>
    stages.reduce((all, stage) => all + Number(of(stage)), 0)
  return {
    tasks: sum(stage => stage.numTasks),
    done: sum(stage => stage.numCompletedTasks),
    bytes: sum(stage => stage.inputBytesRead)
  }
}

function callOptions({ signal, timeout }: SparkCallOptions, otherwise: Millis): CallOptions {
  return { timeoutMs: timeout ?? otherwise, ...(signal && { signal }) }
}

/** A UUID (version 8: of our own making) from a text. */
function uuidOf(text: string): string {
  const hash = createHash('sha256').update(text).digest()
  hash[6] = (hash[6]! & 0x0f) | 0x80
  hash[8] = (hash[8]! & 0x3f) | 0x80
  const hex = hash.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-'
  )
}
