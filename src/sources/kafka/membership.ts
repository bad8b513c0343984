import { SECOND_MS, type Clock, type Millis } from '../../core/time.ts'

/** `session.timeout.ms`: after so long without a heartbeat, others are assigned a member's partitions. */
export const SESSION_TIMEOUT: Millis = 10 * SECOND_MS

/**
 * What the group knows a source by. The instance id is kept beside the positions: after a crash the group knows who
 * comes back and assigns it the same partitions, instead of waiting for the session to time out.
 * https://cwiki.apache.org/confluence/display/KAFKA/KIP-345
 */
export class Membership {
  /** `group.instance.id` */
  instance: string
  /** The member id; empty as long as it is no member. */
  id = ''
  generation = -1
  readonly #clock: Clock
  readonly #random: () => number
  #confirmed: Millis = -Infinity

  /** `instance` is that of earlier runs. */
  constructor(instance: string | undefined, clock: Clock, random: () => number) {
    this.#clock = clock
    this.#random = random
    this.instance = instance ?? this.#invent()
  }

  /** Somebody else has its instance id. */
  rename(): void {
    this.instance = this.#invent()
    this.id = ''
  }

  /** The group has just confirmed that this is its member. */
  confirm(): void {
    this.#confirmed = this.#clock()
  }

  /** Whether its partitions are certainly still its own: after a silence, others may have been assigned them. */
  get certain(): boolean {
    return this.#clock() - this.#confirmed < SESSION_TIMEOUT
  }

  #invent(): string {
    return `visor-${Array.from({ length: 20 }, () => Math.floor(this.#random() * 16).toString(16)).join('')}`
  }
}
