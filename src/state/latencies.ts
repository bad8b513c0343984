import type { DeliveryRecord } from './types.ts'

/** How many of each receiver are remembered. */
const MOST = 1000

/** How long notifications took until they were accepted, by receiver. */
export class Latencies {
  readonly #byReceiver = new Map<string, number[]>()

  add({ receiver, latency }: DeliveryRecord): void {
    if (latency === undefined) return
    const known = this.#byReceiver.get(receiver) ?? []
    this.#byReceiver.set(receiver, known)
    known.push(latency)
    if (known.length > MOST) known.shift()
  }

  /** Milliseconds, the newest last. */
  of(receiver: string): readonly number[] {
    return this.#byReceiver.get(receiver) ?? []
  }
}
