import type { Millis } from '../core/time.ts'

/** What is to be closed, the last first. */
export class Lifetime {
  readonly #closing: (() => void | Promise<void>)[] = []

  add(close: () => void | Promise<void> | undefined): void {
    this.#closing.push(async () => close())
  }

  async close(): Promise<void> {
    for (let close = this.#closing.pop(); close; close = this.#closing.pop()) await close()
  }
}

export type Every = (interval: Millis, work: () => void | Promise<void>) => void

/** Has work done again and again until what is opened is closed; when some fails, Visor cannot go on. */
export function repeater(opened: Lifetime, fail: (error: unknown) => void): Every {
  return (interval, work) => {
    const once = async (): Promise<void> => work()
    const timer = setInterval(() => void once().catch(fail), interval)
    opened.add(() => clearInterval(timer))
  }
}
