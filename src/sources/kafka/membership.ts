/** Without a sign of life for so long, others get a member's partitions, in milliseconds. */
export const SESSION = 10_000

/** What the group knows a source by. */
export class Membership {
  /** Empty as long as it is no member. */
  id = ''
  generation = -1
  readonly #clock: () => number
  #confirmed = -Infinity

  /** Milliseconds since 1970. */
  constructor(clock: () => number) {
    this.#clock = clock
  }

  /** The group has just said that this is its member. */
  confirm(): void {
    this.#confirmed = this.#clock()
  }

  /** Whether what it was given is its own for certain: others may have got it after a silence. */
  get certain(): boolean {
    return this.#clock() - this.#confirmed < SESSION
  }
}
