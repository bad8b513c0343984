import {
  connect,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type OutgoingHttpHeaders,
  type SecureClientSessionOptions
} from 'node:http2'

/** How much of answers may be on the way before they are read: HTTP/2's own 64 KiB is little for another continent. */
const WINDOW = 8 * 1024 * 1024

/**
 * One HTTP/2 connection, made at the first request and made again when it was lost. It keeps the process alive only while there are
 * requests. No PING frames are sent: a gRPC server that gets more than one in five minutes closes the connection.
 */
export class Http2Connection {
  readonly authority: string
  readonly #options: SecureClientSessionOptions
  #session: Promise<ClientHttp2Session> | undefined
  #requests = 0

  constructor(authority: string, options: SecureClientSessionOptions) {
    this.authority = authority
    this.#options = { ...options, settings: { initialWindowSize: WINDOW } }
  }

  async request(method: string, path: string, headers: OutgoingHttpHeaders): Promise<ClientHttp2Stream> {
    const session = await (this.#session ??= this.#connect())
    const stream = session.request({ ...headers, ':method': method, ':path': path })
    if (this.#requests++ === 0) session.ref()
    stream.once('close', () => {
      if (--this.#requests === 0) session.unref()
    })
    return stream
  }

  /** Is told of each piece that was read; nothing is done about it. */
  notifyResponseByteRead(): void {}

  /** Ends all requests. */
  close(): void {
    this.#session?.then(
      session => session.destroy(),
      () => {}
    )
  }

  #connect(): Promise<ClientHttp2Session> {
    const { promise, resolve, reject } = Promise.withResolvers<ClientHttp2Session>()
    const session = connect(this.authority, this.#options)
    const forget = (): void => {
      if (this.#session === promise) this.#session = undefined
    }
    // Stays for as long as the connection: requests tell what happened to them by themselves.
    session.on('error', (error: Error) => {
      forget()
      reject(error)
    })
    session.on('close', forget)
    session.on('goaway', forget)
    session.once('connect', () => {
      session.setLocalWindowSize(WINDOW)
      session.unref()
      resolve(session)
    })
    return promise
  }
}
