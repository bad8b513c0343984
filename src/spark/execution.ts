import { randomUUID } from 'node:crypto'
import { MINUTE_MS, SECOND_MS, type Millis } from '../core/time.ts'
import { formatSpan } from '../core/units.ts'
import { sparkAddressText } from './address.ts'
import { rowsOf, type SparkRow } from './arrow.ts'
import {
  CALL_TIMEOUT,
  callOptions,
  type SparkCaller,
  type SparkCallOptions,
  type SparkConnection
} from './connection.ts'
import { SparkError } from './problem.ts'
import type { ExecutePlanResponse, ExecutionProgress } from './proto/connect_pb.ts'
import type { SparkPlan } from './relation.ts'

const PLAN_TIMEOUT: Millis = 10 * MINUTE_MS
/** A server tells every two seconds how far a plan is; so long a silence means that it hangs, or that the network does. */
const SILENCE: Millis = 30 * SECOND_MS
const BY_OPERATION = 3

export interface SparkPlanOptions extends SparkCallOptions {
  /** For `SparkSession.interrupt`. */
  readonly tag?: string
  /** Is told how far it is, every two seconds. */
  readonly onProgress?: (progress: SparkProgress) => void
  /** How long the server may say nothing; 30 seconds when not given. Only where it is known to tell of progress. */
  readonly silence?: Millis
}

/** How far a plan is. */
export interface SparkProgress {
  /** Of the stages that have begun. */
  readonly tasks: number
  readonly done: number
  /** What was read of files, as they are stored. */
  readonly bytes: number
}

/** Some rows of an answer, and how many bytes they were on the way. */
export interface SparkRows {
  readonly rows: readonly SparkRow[]
  readonly bytes: number
}

/** Runs plans over a connection. */
export class SparkExecutions {
  readonly #connection: SparkConnection
  readonly #caller: SparkCaller
  /** A server can be told not to tell of progress. */
  #tellsProgress = false

  constructor(connection: SparkConnection, caller: SparkCaller) {
    this.#connection = connection
    this.#caller = caller
  }

  async *execute(plan: SparkPlan, options: SparkPlanOptions): AsyncGenerator<SparkRows> {
    const operationId = randomUUID()
    let ended = false
    try {
      for await (const response of this.#responses(plan, operationId, options)) {
        const { case: kind, value } = response.responseType
        if (kind === 'executionProgress') {
          this.#tellsProgress = true
          options.onProgress?.(progressOf(value))
        }
        if (kind === 'arrowBatch') yield { rows: rowsOf(value.data), bytes: value.data.length }
      }
      ended = true
    } finally {
      if (!ended) this.#interrupt(operationId)
    }
  }

  async *#responses(
    plan: SparkPlan,
    operationId: string,
    { tag, silence = SILENCE, ...call }: SparkPlanOptions
  ): AsyncGenerator<ExecutePlanResponse> {
    const quiet = new AbortController()
    const signal = call.signal ? AbortSignal.any([call.signal, quiet.signal]) : quiet.signal
    const request = { ...this.#caller, operationId, plan, tags: tag === undefined ? [] : [tag] }
    let timer: NodeJS.Timeout | undefined
    const listen = (): void => {
      if (this.#tellsProgress) timer = setTimeout(() => quiet.abort(), silence)
    }
    try {
      listen()
      const { service } = this.#connection
      for await (const response of service.executePlan(
        request,
        callOptions({ ...call, signal }, PLAN_TIMEOUT)
      )) {
        clearTimeout(timer)
        yield response
        listen()
      }
    } catch (error) {
      if (!quiet.signal.aborted) throw await this.#connection.problem(this.#caller, error, call, true)
      this.#connection.renew()
      const at = sparkAddressText(this.#connection.address)
      throw new SparkError('connection', `${at} has said nothing for ${formatSpan(silence)}`, {
        cause: error
      })
    } finally {
      clearTimeout(timer)
    }
  }

  #interrupt(operationId: string): void {
    const interrupt = { case: 'operationId' as const, value: operationId }
    const request = { ...this.#caller, interruptType: BY_OPERATION, interrupt }
    this.#connection.service.interrupt(request, callOptions({}, CALL_TIMEOUT)).catch(() => {})
  }
}

function progressOf({ stages }: ExecutionProgress): SparkProgress {
  const sum = (value: (stage: (typeof stages)[number]) => bigint): number =>
    stages.reduce((total, stage) => total + Number(value(stage)), 0)
  return {
    tasks: sum(stage => stage.numTasks),
    done: sum(stage => stage.numCompletedTasks),
    bytes: sum(stage => stage.inputBytesRead)
  }
}
