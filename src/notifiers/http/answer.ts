import { STATUS_CODES, type IncomingMessage } from 'node:http'

/** Characters of an answer that are read. */
const LONGEST = 2000

export interface Answer {
  readonly status: number
  readonly text: string
  /** After how long it wants to be asked again, as it says it. */
  readonly retryAfter?: string
}

/** Reads what a server answers, the beginning of a long text. */
export async function answerOf(response: IncomingMessage): Promise<Answer> {
  response.setEncoding('utf8')
  let text = ''
  for await (const part of response) {
    text += String(part)
    if (text.length > LONGEST) break
  }
  const { statusCode: status = 0, headers } = response
  const retryAfter = headers['retry-after']
  return { status, text: text.slice(0, LONGEST).trim(), ...(retryAfter !== undefined && { retryAfter }) }
}

/** Statuses below 500 that mean no more than that it has to be tried again: timeout, too early, too many requests. */
const PASSING = [408, 425, 429]

/** Why an answer is none that takes what was sent, and whether for good; `undefined` where it is one. */
export function refusalOf({ status, text, retryAfter }: Answer): { why: string; final: boolean } | undefined {
  if (status >= 200 && status < 300) return undefined
  const words = [`answers ${status} ${STATUS_CODES[status] ?? ''}`.trim()]
  if (status >= 300 && status < 400) words.push('redirects are not followed')
  else if (text !== '') words.push(text)
  if (retryAfter !== undefined) words.push(`wants to be asked again after ${retryAfter}`)
  return { why: words.join('; '), final: status >= 400 && status < 500 && !PASSING.includes(status) }
}
