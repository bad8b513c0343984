import { openNotifier, type NotifierOptions } from '../notifiers/index.ts'
import type { Notifier, NotifierDependencies } from '../notifiers/kind.ts'

/** Receivers that are open and not in use yet. */
export interface NewReceivers {
  /** Puts them in the place of those before; these are closed once `idle` resolves. */
  begin(idle: Promise<void>): void
  discard(): Promise<void>
}

/** The receivers of a configuration, open. */
export class Receivers {
  /** By name. */
  readonly open = new Map<string, Notifier>()
  /** What each was opened with. */
  readonly #settings = new Map<string, string>()
  readonly #closing = new Set<Promise<void>>()

  /**
   * Opens those that are new or have other settings. `place` is what else they depend on: with another one, all are opened anew.
   * @throws VisorError NOTIFIER where one can never work: then none is
   */
  async prepare(
    receivers: Readonly<Record<string, NotifierOptions>>,
    place: string | undefined,
    dependenciesOf: (name: string) => NotifierDependencies
  ): Promise<NewReceivers> {
    const wanted = Object.entries(receivers).map(([name, options]) => ({
      name,
      options,
      settings: JSON.stringify([options, place])
    }))
    const changed = wanted.filter(({ name, settings }) => this.#settings.get(name) !== settings)
    const opened: { name: string; settings: string; notifier: Notifier }[] = []
    const discard = async (): Promise<void> => {
      await Promise.all(opened.map(({ notifier }) => notifier.close()))
    }
    try {
      for (const { name, options, settings } of changed)
        opened.push({ name, settings, notifier: await openNotifier(options, dependenciesOf(name)) })
    } catch (error) {
      await discard()
      throw error
    }
    return {
      discard,
      begin: idle => {
        const kept = new Set(wanted.map(({ name }) => name))
        const gone = [...this.open.keys()].filter(name => !kept.has(name))
        const replaced = [...gone, ...opened.map(({ name }) => name)].flatMap(
          name => this.open.get(name) ?? []
        )
        for (const name of gone) {
          this.open.delete(name)
          this.#settings.delete(name)
        }
        for (const { name, settings, notifier } of opened) {
          this.open.set(name, notifier)
          this.#settings.set(name, settings)
        }
        this.#retire(replaced, idle)
      }
    }
  }

  #retire(notifiers: readonly Notifier[], idle: Promise<void>): void {
    if (notifiers.length === 0) return
    const closed = idle.then(async () => {
      await Promise.all(notifiers.map(notifier => notifier.close()))
      this.#closing.delete(closed)
    })
    this.#closing.add(closed)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#closing, ...Array.from(this.open.values(), notifier => notifier.close())])
  }
}
