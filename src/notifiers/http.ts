import * as http from 'node:http'
import * as https from 'node:https'
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
      ? new https.Agent({ keepAlive: true, ...(ca && { ca }) })
      : new http.Agent({ keepAlive: true })
  const paths = secretPath && pathname !== '/' ? [pathname + search, pathname] : []
  const redact = redactor([...paths, search, pass, ...Object.values(headers)])
  const options = { method: 'POST', agent, ...(user !== '' && { auth: `${user}:${pass}` }) }
  const send = async ({ body, headers: more }: HttpPost, signal: AbortSignal): Promise<void> => {
    const all = { 'User-Agent': 'visor', ...headers, 'Content-Type': 'application/json', ...more }
    const refusal = await withTimeout(timeout, signal, signal =>
      post(href, { ...options, headers: all, signal }, body)
    ).catch((error: unknown) => {
      signal.throwIfAborted()
      throw new Error(`${target}: ${printable(redact(reasonOf(error)))}`)
    })
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

/** Why nothing was accepted, and whether for good. */
interface Refusal {
  readonly why: string
  readonly final: boolean
}

function post(url: string, options: http.RequestOptions, body: string): Promise<Refusal | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Refusal | undefined>()
  const request = (url.startsWith('https:') ? https : http).request(url, options)
  request.on('response', response => void refusalIn(response).then(resolve, reject))
  request.on('error', error => {
    // The other side hung up on a connection that was kept: nothing has come of this yet.
    if (request.reusedSocket && systemCode(error) === 'ECONNRESET' && !options.signal?.aborted)
      void post(url, options, body).then(resolve, reject)
    else reject(error)
  })
  request.end(body)
  return promise
}

/** Reads a response, of a long text the beginning; `undefined` where all was accepted. */
async function refusalIn(response: http.IncomingMessage): Promise<Refusal | undefined> {
  response.setEncoding('utf8')
  let text = ''
  for await (const part of response) {
    text += String(part)
    if (text.length > MAX_ANSWER_LENGTH) break
  }
  const { statusCode: status = 0, headers } = response
  if (status >= 200 && status < 300) return undefined
  const answer = text.slice(0, MAX_ANSWER_LENGTH).trim()
  const retryAfter = headers['retry-after']
  const words = [`answered ${status} ${http.STATUS_CODES[status] ?? ''}`.trim()]
  if (status >= 300 && status < 400) words.push('redirects are not followed')
  else if (answer !== '') words.push(answer)
  if (retryAfter !== undefined) words.push(`retry after ${retryAfter}`)
  return { why: words.join('; '), final: status >= 400 && status < 500 && !RETRIABLE.includes(status) }
}
