import type { Problem, Source } from '../../core/source.ts'
import type { Inbox } from '../inbox.ts'

/** What fills an inbox from the network: a port that is listened on, or a connection. */
export interface LineReceiver {
  start(): void
  /** Lets nothing new begin; what has begun goes on. */
  stop(): void
  /** Ends all that has begun. */
  close(): void
  /** What it listens on or is connected to, for people. */
  state(): string
  problems(): readonly Problem[]
  /** How often something was turned away, by the reason. */
  refused?(): Readonly<Record<string, number>>
}

/** A source of what receivers take in. */
export function networkSource(inbox: Inbox, receivers: readonly LineReceiver[]): Source {
  return {
    uniform: true,
    maxLineBytes: inbox.maxLineBytes,
    ready(signal) {
      for (const receiver of receivers) receiver.start()
      return inbox.ready(signal, () => {
        for (const receiver of receivers) receiver.stop()
      })
    },
    close() {
      for (const receiver of receivers) {
        // Where reading ended by itself.
        receiver.stop()
        receiver.close()
      }
    },
    figures: () => ({ refused: Object.assign({}, ...receivers.map(receiver => receiver.refused?.())) }),
    state: () => receivers.map(receiver => receiver.state()).join('; '),
    problems: () => receivers.flatMap(receiver => receiver.problems())
  }
}
