/** Without a sign of life for so long, others get a member's partitions, in milliseconds. */
export const SESSION = 10_000

/**
 * What the group knows a source by. Its name is kept beside the positions: after a crash the group knows who comes back,
 * and gives it what it had, instead of waiting until it is missed. https://cwiki.apache.org/confluence/display/KAFKA/KIP-345
 */
export class Membership {
  name: string
  /** Empty as long as it is no member. */
  id = ''
  generation = -1
  readonly #clock: () => number
  readonly #random: () => number
  #confirmed = -Infinity

  /** `name` is the one of earlier runs; `clock` tells milliseconds. */
  constructor(name: string | undefined, clock: () => number, random: () => number) {
    this.#clock = clock
    this.#random = random
    this.name = name ?? this.#invent()
  }

  /** Somebody else has its name. */
  rename(): void {
    this.name = this.#invent()
    this.id = ''
  }

  /** The group has just said that this is its member. */
  confirm(): void {
    this.#confirmed = this.#clock()
  }

  /** Whether what it was given is its own for certain: others may have got it after a silence. */
  get certain(): boolean {
    return this.#clock() - this.#confirmed < SESSION
  }

  #invent(): string {
    return `visor-${Array.from({ length: 20 }, () => Math.floor(this.#random() * 16).toString(16)).join('')}`
  }
}
