import { effect, signal, type ReadonlySignal } from '@preact/signals'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import type { FailureAnswer } from '../../server/api-types.ts'

/** What is asked of the server. */
export interface Poll<Answer> {
  /** Another key is asked at once, the same one again after a while. */
  readonly key: string
  readonly load: (signal: AbortSignal) => Promise<Answer>
}

export interface Polled<Answer> {
  /** The newest answer; of the poll before while another is under way or could not be answered. */
  readonly answer: ReadonlySignal<Answer | undefined>
  /** Why the question was not answered; `undefined` when it was. */
  readonly failure: ReadonlySignal<string | undefined>
  /** Whether it is wrong in itself. */
  readonly invalid: ReadonlySignal<boolean>
}

/** Usual pause between two requests for the same; so many times as long as the answer took, at least. */
const MIN_PAUSE: Millis = 5 * SECOND_MS
const PAUSE_FACTOR = 5

/**
 * Asks what `wanted` gives, anew whenever the signals that it reads change, but not within `pause`; nothing while it
 * gives `undefined`.
 */
export function poll<Answer>(wanted: () => Poll<Answer> | undefined, pause = MIN_PAUSE): Polled<Answer> {
  const answer = signal<Answer | undefined>(undefined)
  const failure = signal<string | undefined>(undefined)
  const invalid = signal(false)
  let question: Poll<Answer> | undefined
  let asked: string | undefined
  let request: AbortController | undefined
  let next = 0
  let timer: number | undefined

  const ask = async (): Promise<void> => {
    if (!question || (request && question.key === asked)) return
    request?.abort()
    const own = (request = new AbortController())
    asked = question.key
    const began = performance.now()
    const [result] = await Promise.allSettled([question.load(own.signal)])
    if (request !== own) return
    request = undefined
    next = began + Math.max(pause, PAUSE_FACTOR * (performance.now() - began))
    if (result.status === 'fulfilled') answer.value = result.value
    const error: unknown = result.status === 'fulfilled' ? undefined : result.reason
    if (error instanceof Refused) next = Infinity
    invalid.value = error instanceof Refused && error.status === 400
    failure.value = error === undefined ? undefined : messageOf(error)
  }

  effect(() => {
    question = wanted()
    clearTimeout(timer)
    if (question) {
      const wait = question.key === asked ? Math.max(0, next - performance.now()) : 0
      if (wait < Infinity) timer = window.setTimeout(() => void ask(), wait)
    } else {
      request?.abort()
      request = asked = answer.value = failure.value = undefined
    }
  })
  return { answer, failure, invalid }
}

/** What an error says, for people. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The question itself is wrong, or none that this Visor can answer: it need not be asked again. */
class Refused extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** The server's answer. Rejects with what is wrong. */
export async function getAnswer<Answer>(
  path: string,
  params: URLSearchParams,
  signal: AbortSignal
): Promise<Answer> {
  const response = await fetch(`./api/${path}?${params.toString()}`, { signal })
  if (response.ok) return response.json()
  const { error }: FailureAnswer = await response.json()
  throw response.status === 400 || response.status === 501
    ? new Refused(response.status, error)
    : new Error(error)
}
