import { pauseBefore } from '../net/tcp-client.ts'

/** Lets those who wait go on. */
export class Bell {
  readonly #waiting = new Set<() => void>()
  #closed = false

  ring(): void {
    for (const done of this.#waiting) done()
  }

  /** Nobody waits any more. */
  close(): void {
    this.#closed = true
    this.ring()
  }

  /** Resolves when it rings next, or when so many milliseconds have passed. */
  async heard(ms?: number): Promise<void> {
    if (this.#closed) return
    await new Promise<void>(resolve => {
      const done = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(done)
        resolve()
      }
      const timer = ms === undefined ? undefined : setTimeout(done, ms)
      this.#waiting.add(done)
    })
  }
}

/** How long a source lives: what it does over and over, and waits for, ends with it. */
export class Life {
  readonly #random: () => number
  readonly #bells: Bell[] = []
  readonly #end = this.bell()
  #over = false

  /** `random`: at least 0 and less than 1. */
  constructor(random: () => number) {
    this.#random = random
  }

  get over(): boolean {
    return this.#over
  }

  end(): void {
    this.#over = true
    for (const bell of this.#bells) bell.close()
  }

  /** A bell that nobody waits for when this life is over. */
  bell(): Bell {
    const bell = new Bell()
    this.#bells.push(bell)
    return bell
  }

  async sleep(ms: number): Promise<void> {
    await this.#end.heard(ms)
  }

  /** Waits before something is tried again for the time number `tries` (from 0 on), ever longer. */
  async pause(tries: number): Promise<void> {
    await this.sleep(pauseBefore(tries, this.#random))
  }
}
