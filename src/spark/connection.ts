import { createClient, type CallOptions, type Client } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import { addressText } from '../core/address.ts'
import { SECOND_MS, type Millis } from '../core/time.ts'
import { sparkAddressText, type SparkAddress } from './address.ts'
import { Http2Connection } from './http2.ts'
import { failureOf } from './problem.ts'
import { SparkConnectService } from './proto/connect_pb.ts'

export const CALL_TIMEOUT: Millis = 15 * SECOND_MS

/** The procedures of a Spark Connect server. */
export type SparkService = Client<typeof SparkConnectService>

export interface SparkCallOptions {
  readonly signal?: AbortSignal
  /** The call ends by then, even when nothing answers. */
  readonly timeout?: Millis
}

/** What each request begins with. */
export interface SparkCaller {
  readonly sessionId: string
  readonly userContext: { readonly userId: string; readonly userName: string }
  readonly clientType: string
  /** Unless this is a session's first call. Where it is another by now, the server has been started anew and says so. */
  readonly clientObservedServerSideSessionId?: string
}

/** A connection to a Spark Connect server, which is made at the first call, and made again when it was lost. */
export class SparkConnection {
  readonly address: SparkAddress
  readonly #ca: string | undefined
  readonly #connections = new Set<Http2Connection>()
  #service: SparkService

  /** `ca`: certificates that are trusted instead of those that Node trusts (PEM). */
  constructor(address: SparkAddress, ca?: string) {
    this.address = address
    this.#ca = ca
    this.#service = this.#connect()
  }

  get service(): SparkService {
    return this.#service
  }

  /** Rejects with a SparkError, or with the reason of the signal. */
  async call<T>(
    caller: SparkCaller,
    call: SparkCallOptions,
    act: (service: SparkService, options: CallOptions) => Promise<T>
  ): Promise<T> {
    try {
      return await act(this.#service, callOptions(call, CALL_TIMEOUT))
    } catch (error) {
      throw await this.problem(caller, error, call, false)
    }
  }

  /** What a failed call comes to. Spark cuts long messages in its answer, so the whole is asked for. `runs`: it ran a plan. */
  async problem(
    caller: SparkCaller,
    error: unknown,
    { signal }: SparkCallOptions,
    runs: boolean
  ): Promise<unknown> {
    if (signal?.aborted) return signal.reason
    const at = sparkAddressText(this.address)
    const { errorId, silent, describe } = failureOf(error, runs)
    if (silent) this.renew()
    if (errorId === undefined) return describe(at)
    try {
      const { errors } = await this.#service.fetchErrorDetails(
        { ...caller, errorId },
        callOptions({}, CALL_TIMEOUT)
      )
      return errors.length === 0
        ? describe(at)
        : describe(
            at,
            errors.map(({ message }) => message)
          )
    } catch {
      return describe(at)
    }
  }

  /** Calls from now on go over another connection: nothing answers any more on this one. */
  renew(): void {
    this.#service = this.#connect()
  }

  /** Ends all calls. */
  close(): void {
    for (const connection of this.#connections) connection.close()
  }

  #connect(): SparkService {
    const { tls, token, headers } = this.address
    const baseUrl = `http${tls ? 's' : ''}://${addressText(this.address)}`
    const connection = new Http2Connection(baseUrl, this.#ca === undefined ? {} : { ca: this.#ca })
    this.#connections.add(connection)
    const all = { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) }
    const transport = createGrpcTransport({
      baseUrl,
      sessionManager: connection,
      // What a server takes when nothing else is configured; it answers more by a reset without a reason.
      writeMaxBytes: MAX_MESSAGE,
      acceptCompression: [],
      interceptors: [
        next => request => {
          for (const [name, value] of Object.entries(all)) request.header.set(name, value)
          return next(request)
        }
      ]
    })
    return createClient(SparkConnectService, transport)
  }
}

const MAX_MESSAGE = 128 * 1024 * 1024

export function callOptions({ signal, timeout }: SparkCallOptions, otherwise: Millis): CallOptions {
  return { timeoutMs: timeout ?? otherwise, ...(signal && { signal }) }
}
