import { setTimeout as wait } from 'node:timers/promises'
import type { EngineStatus } from '../../src/core/progress.ts'
import type { Counters } from '../../src/core/source.ts'
import type { Random } from '../../src/generator/random.ts'
import { startVisor } from '../visor.ts'
import { eventually, startWatching, type Watching } from '../watching.ts'

/** Milliseconds after which no more lines come: what is sought is given up after a minute. */
export const NO_MORE = 150_000

/** A real Visor that is killed and started again. */
export class Daemon {
  readonly #args: readonly string[]
  #watching: Watching | undefined
  kills = 0

  /** `args` are those of `visor watch`. */
  constructor(args: readonly string[]) {
    this.#args = args
  }

  get up(): boolean {
    return this.#watching !== undefined
  }

  /** Of its process, while it runs. */
  get pid(): number | undefined {
    return this.#watching?.visor.pid
  }

  async start(): Promise<void> {
    this.#watching = await startWatching(this.#args)
  }

  /** Sends it a signal that does not end it. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#watching?.visor.signal(signal)
  }

  /** Ends it as the power does. */
  async kill(): Promise<void> {
    await this.#watching?.visor.stop('SIGKILL')
    this.#watching = undefined
    this.kills++
  }

  /** Starts it and ends it as the power does after some milliseconds: perhaps before it is ready. */
  async startAndKill(after: number): Promise<void> {
    const visor = startVisor(['watch', '--port', '0', ...this.#args])
    await wait(after)
    await visor.stop('SIGKILL')
    this.kills++
  }

  /** Ends it as it should be; gives what it wrote to standard error. */
  async stop(): Promise<string> {
    const outcome = await this.#watching?.visor.stop('SIGTERM')
    this.#watching = undefined
    if (outcome?.exit !== 0) throw new Error(`ended with ${outcome?.exit}: ${outcome?.err}`)
    return outcome.err
  }

  async counters(): Promise<Counters> {
    if (!this.#watching) throw new Error('it is not running')
    return (await this.#watching.status()).counters
  }

  /** How its engine stands, where that runs elsewhere; `undefined` where it does not say. */
  async engine(): Promise<EngineStatus | undefined> {
    return (await this.#watching?.status().catch(() => undefined))?.engine
  }

  /** Waits for two minutes at most until its engine stands so; `undefined` where it never did. */
  async engineBecomes(wanted: (status: EngineStatus) => boolean): Promise<EngineStatus | undefined> {
    const status = await eventually(
      () => this.engine(),
      status => status !== undefined && wanted(status)
    )
    return status && wanted(status) ? status : undefined
  }

  /** How many lines are in its store. */
  async rows(): Promise<number> {
    if (!this.#watching) throw new Error('it is not running')
    return (await this.#watching.status()).store.rows
  }

  /** Waits until so many lines are stored, as long as more come now and then; gives whether they are. */
  async stores(lines: number): Promise<boolean> {
    for (let last = { rows: -1, at: 0 }; performance.now() - last.at < NO_MORE || last.rows < 0;) {
      // Killed while it is asked.
      const status = await this.#watching?.status().catch(() => undefined)
      if (!status) return false
      const { rows } = status.store
      if (rows >= lines) return true
      if (rows > last.rows) last = { rows, at: performance.now() }
      await wait(50)
    }
    return false
  }
}

/** Kills a daemon at random times and starts it again, until the signal aborts; it runs then. */
export async function killAgainAndAgain(daemon: Daemon, random: Random, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await wait(200 + random() * 2500, undefined, { signal }).catch(() => {})
    if (signal.aborted) return
    await daemon.kill()
    await wait(random() ** 3 * 3000)
    while (random() < 0.3) await daemon.startAndKill(random() * 1500)
    await daemon.start()
  }
}
