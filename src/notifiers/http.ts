import {
  Agent as HttpAgent,
  request as requestHttp,
  STATUS_CODES,
  type IncomingMessage,
  type RequestOptions
} from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import type { Notification } from '../alerts/model.ts'
import { systemCode } from '../core/errors.ts'
import type { Millis } from '../core/time.ts'
import { reasonOf } from '../system/reason.ts'
import { Refused, singleTarget, type Notifier } from './kind.ts'
import { printable } from './message/wording.ts'
import { redactor, withTimeout } from './remote.ts'

/** Characters of an answer that are read. */
const MAX_ANSWER_LENGTH = 2000

/** Statuses below 500 that mean no more than that it has to be tried again: timeout, too early, too many requests. */
const RETRIABLE = [408, 425, 429]

export interface HttpEndpointOptions {
  /** May contain a name and a password before the host. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** Whom to trust, as PEM. */
  readonly ca?: string | undefined
  readonly timeout: Millis
  /** Whether the path is one of its secrets. */
  readonly secretPath: boolean
}

/** What is posted for a notification; `undefined` where there is nothing to post. */
export interface HttpPost {
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

/** The notifier of a kind's `name` that posts JSON to an endpoint. */
export function httpNotifier(
  name: string,
  options: HttpEndpointOptions,
  postOf: (notification: Notification) => HttpPost | undefined
): Notifier {
  const endpoint = new HttpEndpoint(options)
  return singleTarget(
    name,
    endpoint.name,
    async (notification, signal) => {
      const post = postOf(notification)
      if (post) await endpoint.post(post, signal)
    },
    () => endpoint.close()
  )
}

/** A place on the web that JSON is posted to. Its connections are kept open for the next time. */
class HttpEndpoint {
  /** Its address without what is secret. */
  readonly name: string
  readonly #url: URL
  readonly #options: RequestOptions
  readonly #headers: Readonly<Record<string, string>>
  readonly #agent: HttpAgent
  readonly #timeout: Millis
  readonly #redact: (text: string) => string

  constructor({ url, headers = {}, ca, timeout, secretPath }: HttpEndpointOptions) {
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
    this.#redact = redactor([...paths, search, login[1] ?? '', ...Object.values(headers)])
  }

  /**
   * Posts once.
   * @throws Refused where it is refused for good; an Error for people where it may be accepted later
   */
  async post({ body, headers = {} }: HttpPost, signal: AbortSignal): Promise<void> {
    const response = await withTimeout(this.#timeout, signal, signal =>
      this.#request(body, headers, signal)
    ).catch((error: unknown) => {
      signal.throwIfAborted()
      throw new Error(`${this.name}: ${printable(this.#redact(reasonOf(error)))}`)
    })
    const refusal = refusalOf(response)
    if (!refusal) return
    const message = `${this.name} ${printable(this.#redact(refusal.why), 400)}`
    throw refusal.final ? new Refused(message) : new Error(message)
  }

  close(): void {
    this.#agent.destroy()
  }

  #request(
    body: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal
  ): Promise<HttpResponse> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>()
    const send = this.#url.protocol === 'https:' ? requestHttps : requestHttp
    const request = send(this.#url, {
      ...this.#options,
      signal,
      headers: { ...this.#headers, ...headers }
    })
    request.on('response', (response: IncomingMessage) => void readResponse(response).then(resolve, reject))
    request.on('error', error => {
      if (signal.aborted) reject(signal.reason)
      // The other side hung up on a connection that was kept: nothing has come of this yet.
      else if (request.reusedSocket && systemCode(error) === 'ECONNRESET')
        void this.#request(body, headers, signal).then(resolve, reject)
      else reject(error)
    })
    request.end(body)
    return promise
  }
}

interface HttpResponse {
  readonly status: number
  readonly text: string
  /** After how long it wants to be asked again, as it says it. */
  readonly retryAfter?: string
}

/** Reads a response, of a long text the beginning. */
async function readResponse(response: IncomingMessage): Promise<HttpResponse> {
  response.setEncoding('utf8')
  let text = ''
  for await (const part of response) {
    text += String(part)
    if (text.length > MAX_ANSWER_LENGTH) break
  }
  const { statusCode: status = 0, headers } = response
  const retryAfter = headers['retry-after']
  return {
    status,
    text: text.slice(0, MAX_ANSWER_LENGTH).trim(),
    ...(retryAfter !== undefined && { retryAfter })
  }
}

/** Why a response means that nothing was accepted, and whether for good; `undefined` where it was. */
function refusalOf({ status, text, retryAfter }: HttpResponse): { why: string; final: boolean } | undefined {
  if (status >= 200 && status < 300) return undefined
  const words = [`answered ${status} ${STATUS_CODES[status] ?? ''}`.trim()]
  if (status >= 300 && status < 400) words.push('redirects are not followed')
  else if (text !== '') words.push(text)
  if (retryAfter !== undefined) words.push(`retry after ${retryAfter}`)
  return { why: words.join('; '), final: status >= 400 && status < 500 && !RETRIABLE.includes(status) }
}
