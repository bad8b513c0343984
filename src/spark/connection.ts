import { createClient, type Client } from '@connectrpc/connect'
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node'
import { addressText } from '../core/address.ts'
import { MINUTE_MS } from '../core/time.ts'
import type { SparkAddress } from './address.ts'
import { SparkConnectService } from './proto/connect_pb.ts'

/** The procedures of a Spark Connect server. */
export type SparkService = Client<typeof SparkConnectService>

/** A connection to a Spark Connect server, which is made at the first call, and made again when it was lost. */
export class SparkConnection {
  readonly address: SparkAddress
  readonly #ca: string | undefined
  readonly #managers = new Set<Http2SessionManager>()
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

  /** Calls from now on go over another connection; for when nothing answers any more on this one. */
  renew(): void {
    this.#service = this.#connect()
  }

  /** Ends all calls. */
  close(): void {
    for (const manager of this.#managers) manager.abort()
  }

  #connect(): SparkService {
    const { tls, token, headers } = this.address
    const baseUrl = `http${tls ? 's' : ''}://${addressText(this.address)}`
    // No PING frames: a gRPC server that gets more than one in five minutes closes the connection.
    const manager = new Http2SessionManager(
      baseUrl,
      { idleConnectionTimeoutMs: 5 * MINUTE_MS },
      this.#ca === undefined ? {} : { ca: this.#ca }
    )
    this.#managers.add(manager)
    const all = { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) }
    const transport = createGrpcTransport({
      baseUrl,
      sessionManager: manager,
      // Results are compressed by the worker, and lines travel within a cluster.
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
