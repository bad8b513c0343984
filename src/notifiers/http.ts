import {
  Agent as HttpAgent,
  request as requestHttp,
  type IncomingMessage,
  type RequestOptions
} from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { systemCode } from '../../core/errors.ts'
import { reasonOf } from '../../system/reason.ts'
import { Refused } from '../kind.ts'
import { shown } from '../message/shown.ts'
import { hiding } from '../secrets.ts'
import { within } from '../within.ts'
import { answerOf, refusalOf, type Answer } from './answer.ts'

export interface EndpointOptions {
  /** May hold a name and a password before the host. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** Whom to trust, as PEM. */
  readonly ca?: string | undefined
  /** Milliseconds. */
  readonly timeout: number
  /** Whether the path is one of its secrets. */
  readonly secretPath: boolean
}

/** A place on the web that JSON is sent to. Its connections are kept open for the next time. */
export class Endpoint {
  /** Its address without what is secret. */
  readonly name: string
  readonly #url: URL
  readonly #options: RequestOptions
  readonly #headers: Readonly<Record<string, string>>
  readonly #agent: HttpAgent
  readonly #timeout: number
  readonly #hide: (text: string) => string

  constructor({ url, headers = {}, ca, timeout, secretPath }: EndpointOptions) {
    const { protocol, origin, pathname, search, username, password } = (this.#url = new URL(url))
    const login = [username, password].map(decodeURIComponent)
    this.name = origin + (secretPath ? (pathname === '/' ? '' : '/…') : pathname)
    this.#agent =
      protocol === 'https:'
        ? new HttpsAgent({ keepAlive: true, ...(ca && { ca }) })
        : new HttpAgent({ keepAlive: true })
    this.#options = {
      method: 'POST',
      agent: this.#agent,
      ...(username !== '' && { auth: login.join(':') })
    }
    this.#headers = { 'User-Agent': 'visor', ...headers, 'Content-Type': 'application/json' }
    this.#timeout = timeout
    const paths = secretPath && pathname !== '/' ? [pathname + search, pathname] : []
    this.#hide = hiding([...paths, search, login[1] ?? '', ...Object.values(headers)])
  }

  /**
   * Sends a text once.
   * @throws Refused where it is not taken for good; an Error for people where it may be later
   */
  async post(body: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void> {
    const answer = await within(this.#timeout, signal, signal => this.#ask(body, headers, signal)).catch(
      (error: unknown) => {
        signal.throwIfAborted()
        throw new Error(`${this.name}: ${shown(this.#hide(reasonOf(error)))}`)
      }
    )
    const refusal = refusalOf(answer)
    if (!refusal) return
    const message = `${this.name} ${shown(this.#hide(refusal.why), 400)}`
    throw refusal.final ? new Refused(message) : new Error(message)
  }

  close(): void {
    this.#agent.destroy()
  }

  #ask(body: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const send = this.#url.protocol === 'https:' ? requestHttps : requestHttp
    const request = send(this.#url, {
      ...this.#options,
      signal,
      headers: { ...this.#headers, ...headers }
    })
    request.on('response', (response: IncomingMessage) => void answerOf(response).then(resolve, reject))
    request.on('error', error => {
      if (signal.aborted) reject(signal.reason)
      // The other side hung up on a connection that was kept: nothing has come of this yet.
      else if (request.reusedSocket && systemCode(error) === 'ECONNRESET')
        void this.#ask(body, headers, signal).then(resolve, reject)
      else reject(error)
    })
    request.end(body)
    return promise
  }
}
