import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { MessageInitShape } from '@bufbuild/protobuf'
import { MINUTE_MS, type Millis } from '../core/time.ts'
import { sparkAddressText, type SparkAddress } from './address.ts'
import type { SparkRow } from './arrow.ts'
import { SparkConnection, type SparkCaller, type SparkCallOptions } from './connection.ts'
import { SparkExecutions, type SparkPlanOptions, type SparkRows } from './execution.ts'
import { SparkError } from './problem.ts'
import type { AddArtifactsRequestSchema } from './proto/connect_pb.ts'
import { queryPlan, type SparkPlan, type SparkRelation } from './relation.ts'

const UPLOAD_TIMEOUT: Millis = 5 * MINUTE_MS
/** A server ends sessions that it hears nothing of for an hour. */
const KEEP_ALIVE: Millis = 10 * MINUTE_MS
const OLDEST_MAJOR = 4
/** How many sessions of one name a server may have closed before. */
const MAX_GENERATIONS = 1000
const CHUNK_BYTES = 32 * 1024
const CLIENT = 'visor'
const BY_TAG = 2

export interface SessionOptions extends SparkCallOptions {
  /** The session's id is made of it: whoever gives the same text as the same user goes on with the same session. */
  readonly name: string
  /** Certificates that are trusted instead of those that Node trusts (PEM). */
  readonly ca?: string
}

/** A column of a plan: `type` as Spark's protocol names it, such as `string`, `long`, `timestamp`. */
export interface SparkColumn {
  readonly name: string
  readonly type: string
  readonly nullable: boolean
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
  readonly #caller: SparkCaller
  readonly #executions: SparkExecutions
  readonly #alive: NodeJS.Timeout

  private constructor(
    connection: SparkConnection,
    caller: SparkCaller,
    { version, serverSession }: Greeting
  ) {
    this.id = caller.sessionId
    this.serverSession = serverSession
    this.version = version
    this.#connection = connection
    this.#caller = { ...caller, clientObservedServerSideSessionId: serverSession }
    this.#executions = new SparkExecutions(connection, this.#caller)
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
        const caller = { sessionId, userContext: { userId: user, userName: user }, clientType: CLIENT }
        try {
          return new SparkSession(connection, caller, await greet(connection, caller, call))
        } catch (error) {
          const closed = error instanceof SparkError && error.kind === 'session'
          if (!closed || address.session !== undefined || generation === MAX_GENERATIONS) throw error
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
    await greet(this.#connection, this.#caller, call)
  }

  /** Sets configuration of this session alone. */
  async set(settings: Readonly<Record<string, string>>, call: SparkCallOptions = {}): Promise<void> {
    const pairs = Object.entries(settings).map(([key, value]) => ({ key, value }))
    const operation = { opType: { case: 'set' as const, value: { pairs } } }
    await this.#connection.call(this.#caller, call, (service, options) =>
      service.config({ ...this.#caller, operation }, options)
    )
  }

  /** Values of Spark's configuration as this session sees it, without those that are not set. */
  async get(keys: readonly string[], call: SparkCallOptions = {}): Promise<Readonly<Record<string, string>>> {
    const operation = { opType: { case: 'getOption' as const, value: { keys: [...keys] } } }
    const { pairs } = await this.#connection.call(this.#caller, call, (service, options) =>
      service.config({ ...this.#caller, operation }, options)
    )
    return Object.fromEntries(pairs.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value]])))
  }

  /** The columns of a plan, which is looked at but not run. */
  async columns(relation: SparkRelation, call: SparkCallOptions = {}): Promise<SparkColumn[]> {
    const analyze = { case: 'schema' as const, value: { plan: queryPlan(relation) } }
    const { result } = await this.#connection.call(this.#caller, call, (service, options) =>
      service.analyzePlan({ ...this.#caller, analyze }, options)
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
  execute(plan: SparkPlan, options: SparkPlanOptions = {}): AsyncGenerator<SparkRows> {
    return this.#executions.execute(plan, options)
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
      ...this.#caller,
      interruptType: BY_TAG,
      interrupt: { case: 'operationTag' as const, value: tag }
    }
    const { interruptedIds } = await this.#connection.call(this.#caller, call, (service, options) =>
      service.interrupt(request, options)
    )
    return interruptedIds.length
  }

  /**
   * Gives the session an artifact: `files/NAME` is the file SERVER_SESSION/NAME on executors, and `archives/FILE.tar.gz#NAME` is
   * unpacked in SERVER_SESSION/NAME. The same name with the same bytes may come again, with others it is refused.
   */
  async upload(name: string, bytes: Uint8Array, call: SparkCallOptions = {}): Promise<void> {
    const requests = artifactRequests(this.#caller, name, bytes)
    const { artifacts } = await this.#connection.call(
      this.#caller,
      { timeout: UPLOAD_TIMEOUT, ...call },
      (service, options) => service.addArtifacts(requests, options)
    )
    if (artifacts.every(({ isCrcSuccessful }) => isCrcSuccessful)) return
    throw new SparkError('connection', `${name} has come to Spark with other bytes than were sent`)
  }

  /** Ends the session on the server for good, with its plans; what executors have of its artifacts stays there. */
  async release(call: SparkCallOptions = {}): Promise<void> {
    await this.#connection.call(this.#caller, call, (service, options) =>
      service.releaseSession(this.#caller, options)
    )
    this.close()
  }

  /** Ends all calls and the connection; the session stays on the server, to go on with. */
  close(): void {
    clearInterval(this.#alive)
    this.#connection.close()
  }
}

interface Greeting {
  readonly version: string
  readonly serverSession: string
}

/** @throws SparkError, also for a Spark that is too old */
async function greet(
  connection: SparkConnection,
  caller: SparkCaller,
  call: SparkCallOptions
): Promise<Greeting> {
  const analyze = { case: 'sparkVersion' as const, value: {} }
  const { result, serverSideSessionId } = await connection.call(caller, call, (service, options) =>
    service.analyzePlan({ ...caller, analyze }, options)
  )
  const version = result.case === 'sparkVersion' ? result.value.version : ''
  if (Number.parseInt(version, 10) >= OLDEST_MAJOR) return { version, serverSession: serverSideSessionId }
  const at = sparkAddressText(connection.address)
  const message = `${at} runs Spark ${version}; 4.0 or newer is needed`
  throw new SparkError('refused', message, { code: 'SPARK_VERSION' })
}

type ArtifactRequest = MessageInitShape<typeof AddArtifactsRequestSchema>

/** An artifact in one message, or in a first one and one for each further chunk. */
async function* artifactRequests(
  caller: SparkCaller,
  name: string,
  bytes: Uint8Array
): AsyncGenerator<ArtifactRequest> {
  const chunk = (i: number): { data: Uint8Array; crc: bigint } => {
    const data = bytes.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES)
    return { data, crc: BigInt(crc32(data)) }
  }
  const count = Math.ceil(bytes.length / CHUNK_BYTES)
  if (count <= 1) {
    yield { ...caller, payload: { case: 'batch', value: { artifacts: [{ name, data: chunk(0) }] } } }
    return
  }
  const begin = { name, totalBytes: BigInt(bytes.length), numChunks: BigInt(count), initialChunk: chunk(0) }
  yield { ...caller, payload: { case: 'beginChunk', value: begin } }
  for (let i = 1; i < count; i++) yield { ...caller, payload: { case: 'chunk', value: chunk(i) } }
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
