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
import { printable } from '../core/visible.ts'
import { withTimeout } from '../system/abort.ts'
import { reasonOf } from '../system/reason.ts'
import { redactor, Refused, singleTarget, type Notifier } from './kind.ts'

/** Characters of an answer that are read. */
const MAX_ANSWER_LENGTH = 2000

/** Statuses below 500 that mean no more than that it has to be tried again: timeout, too early, too many requests. */
const RETRIABLE = [408, 425, 429]

export interface HttpTargetOptions {
  /** May contain a name and a password before the host. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** Whom to trust, as PEM. */
  readonly ca?: string | undefined
  readonly timeout: Millis
  /** Whether the path is one of its secrets. */
  readonly secretPath: boolean
}

/** What is posted for a notification. */
export interface HttpPost {
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * The notifier of a kind's `name` that posts JSON to an address, over connections that are kept open for the next time. Where
 * `postOf` gives nothing, there is nothing to send.
 */
export function httpNotifier(
  name: string,
  { url, headers = {}, ca, timeout, secretPath }: HttpTargetOptions,
  postOf: (notification: Notification) => HttpPost | undefined
): Notifier {
  const { href, protocol, origin, pathname, search, username, password } = new URL(url)
  const [user = '', pass = ''] = [username, password].map(decodeURIComponent)
  const target = origin + (secretPath ? (pathname === '/' ? '' : '/…') : pathname)
  const agent =
    protocol === 'https:'
      ? new HttpsAgent({ keepAlive: true, ...(ca && { ca }) })
      : new HttpAgent({ keepAlive: true })
  const paths = secretPath && pathname !== '/' ? [pathname + search, pathname] : []
  const redact = redactor([...paths, search, pass, ...Object.values(headers)])
  const options = { method: 'POST', agent, ...(user !== '' && { auth: `${user}:${pass}` }) }
  const send = async ({ body, headers: more }: HttpPost, signal: AbortSignal): Promise<void> => {
    const all = { 'User-Agent': 'visor', ...headers, 'Content-Type': 'application/json', ...more }
    const response = await withTimeout(timeout, signal, signal =>
      post(href, { ...options, headers: all, signal }, body)
    ).catch((error: unknown) => {
      signal.throwIfAborted()
      throw new Error(`${target}: ${printable(redact(reasonOf(error)))}`)
    })
    const refusal = refusalOf(response)
    if (!refusal) return
    const message = `${target} ${printable(redact(refusal.why), 400)}`
    throw refusal.final ? new Refused(message) : new Error(message)
  }
  return singleTarget(
    name,
    target,
    async (notification, signal) => {
      const post = postOf(notification)
      if (post) await send(post, signal)
    },
    () => agent.destroy()
  )
}

interface HttpResponse {
  readonly status: number
  readonly text: string
  /** After how long it should be asked again, as it has it. */
  readonly retryAfter?: string
}

function post(url: string, options: RequestOptions, body: string): Promise<HttpResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>()
  const request = (url.startsWith('https:') ? requestHttps : requestHttp)(url, options)
  request.on('response', response => void readResponse(response).then(resolve, reject))
  request.on('error', error => {
    // The other side hung up on a connection that was kept: nothing has come of this yet.
    if (request.reusedSocket && systemCode(error) === 'ECONNRESET' && !options.signal?.aborted)
      void post(url, options, body).then(resolve, reject)
    else reject(error)
  })
  request.end(body)
  return promise
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
