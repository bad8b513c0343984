import { effect, signal, type ReadonlySignal } from '@preact/signals'

/** Shortest time between two requests, ms; so many times as long as the last one took, at least. */
const OFTEN = 1000
const REST = 5

export interface Followed {
  /** The newest revision, but no oftener than answers come. */
  readonly revision: ReadonlySignal<number | undefined>
  /** Makes the request for what a revision stands for; while it is under way, no newer one is followed. */
  ask<Answer>(load: () => Promise<Answer>): Promise<Answer>
}

/** Follows a revision that may change many times a second, for requests that ask what has changed. */
export function followed(newest: ReadonlySignal<number | undefined>): Followed {
  const revision = signal(newest.peek())
  let next = 0
  let underWay = 0
  let timer: number | undefined

  const follow = (): void => {
    clearTimeout(timer)
    if (newest.peek() === revision.peek() || underWay > 0) return
    const wait = revision.peek() === undefined ? 0 : Math.max(0, next - performance.now())
    timer = window.setTimeout(() => void (revision.value = newest.peek()), wait)
  }
  effect(() => {
    if (newest.value !== revision.value) follow()
  })
  return {
    revision,
    async ask(load) {
      const began = performance.now()
      underWay++
      try {
        return await load()
      } finally {
        underWay--
        next = began + Math.max(OFTEN, REST * (performance.now() - began))
        follow()
      }
    }
  }
}
