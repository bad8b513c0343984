import { effect, signal, type ReadonlySignal } from '@preact/signals'
import type { AnswerProgress } from '../../core/answer.ts'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import { RefusedQuestion, type PageCall } from './ask.ts'

/** What is asked of the server. */
export interface Poll<Answer> {
  /** Another key is asked at once, the same one again after a while. */
  readonly key: string
  readonly load: (call: PageCall) => Promise<Answer>
}

export interface Polled<Answer> {
  /** The newest answer; of the poll before while another is under way or could not be answered. */
  readonly answer: ReadonlySignal<Answer | undefined>
  /** Why the question was not answered; `undefined` when it was. */
  readonly failure: ReadonlySignal<string | undefined>
  /** Whether it is wrong in itself. */
  readonly invalid: ReadonlySignal<boolean>
  /** How a question stands that takes long, and was not answered before. */
  readonly slow: ReadonlySignal<SlowQuestion | undefined>
  /** Gives up what is under way. */
  cancel(): void
  /** Asks what was given up, or what cannot be answered, once more. */
  retry(): void
}

/** A question that takes long: under way, as far as that is known, or given up. */
export type SlowQuestion = { readonly progress: AnswerProgress | undefined } | 'cancelled'

/** Usual pause between two requests for the same; so many times as long as the answer took, at least. */
const MIN_PAUSE: Millis = 5 * SECOND_MS
const PAUSE_FACTOR = 5

/** Who waits longer is told how far it is. */
const PATIENCE: Millis = SECOND_MS

/**
 * Asks what `wanted` gives, anew whenever the signals that it reads change, but not within `pause`; nothing while it
 * gives `undefined`.
 */
export function poll<Answer>(wanted: () => Poll<Answer> | undefined, pause = MIN_PAUSE): Polled<Answer> {
  return new Polling(wanted, pause)
}

class Polling<Answer> implements Polled<Answer> {
  readonly answer = signal<Answer | undefined>(undefined)
  readonly failure = signal<string | undefined>(undefined)
  readonly invalid = signal(false)
  readonly slow = signal<SlowQuestion | undefined>(undefined)
  readonly #pause: Millis
  #question: Poll<Answer> | undefined
  /** The keys of what was asked last, and answered last. */
  #asked: string | undefined
  #answered: string | undefined
  #request: AbortController | undefined
  #next = 0
  #timer: number | undefined

  constructor(wanted: () => Poll<Answer> | undefined, pause: Millis) {
    this.#pause = pause
    effect(() => {
      this.#question = wanted()
      clearTimeout(this.#timer)
      if (!this.#question) return this.#forget()
      const wait = this.#question.key === this.#asked ? Math.max(0, this.#next - performance.now()) : 0
      if (wait < Infinity) this.#timer = window.setTimeout(() => void this.#ask(), wait)
    })
  }

  cancel(): void {
    this.#request?.abort()
    this.#request = undefined
    this.#next = Infinity
    this.slow.value = 'cancelled'
  }

  retry(): void {
    this.#next = 0
    void this.#ask()
  }

  async #ask(): Promise<void> {
    const question = this.#question
    if (!question || (this.#request && question.key === this.#asked)) return
    this.#request?.abort()
    const own = (this.#request = new AbortController())
    this.#asked = question.key
    const began = performance.now()
    const [result] = await Promise.allSettled([this.#load(question, own)])
    if (this.#request !== own) return
    this.#request = this.slow.value = undefined
    this.#next = began + Math.max(this.#pause, PAUSE_FACTOR * (performance.now() - began))
    if (result.status === 'fulfilled') {
      this.answer.value = result.value
      this.#answered = question.key
    }
    const error: unknown = result.status === 'fulfilled' ? undefined : result.reason
    if (error instanceof RefusedQuestion) this.#next = Infinity
    this.invalid.value = error instanceof RefusedQuestion && error.status === 400
    this.failure.value = error === undefined ? undefined : messageOf(error)
  }

  /** Whoever waits for something new is told how far it is, once that takes long. */
  async #load({ key, load }: Poll<Answer>, own: AbortController): Promise<Answer> {
    this.slow.value = undefined
    const isNew = key !== this.#answered
    const tell = (progress?: AnswerProgress): void => {
      if (this.#request === own && isNew) this.slow.value = { progress }
    }
    const timer = window.setTimeout(() => this.slow.value ?? tell(), PATIENCE)
    try {
      return await load({ signal: own.signal, onProgress: tell })
    } finally {
      clearTimeout(timer)
    }
  }

  #forget(): void {
    this.#request?.abort()
    this.#request = this.#asked = this.#answered = undefined
    this.answer.value = this.failure.value = this.slow.value = undefined
  }
}

/** What an error says, for people. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
