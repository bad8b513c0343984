import type { Position } from '../../../core/source.ts'
import type { RangeStream } from '../../../sources/kind.ts'
import type { InputCommon } from '../cursor.ts'

/** What the streams of a source have in common, which their cursors change. */
export function commonOf(differing: Partial<InputCommon> = {}): InputCommon {
  return {
    source: 'web',
    uniform: true,
    maxLineBytes: undefined,
    configured: 'common',
    shared: undefined,
    messageBytes: 300,
    ...differing
  }
}

/** A partition with so many messages, which have so many bytes each. */
export class Partition implements RangeStream {
  readonly id: string
  readonly name: string
  readonly finished = false
  pending: number
  readonly #bytes: number
  #offset = 0

  constructor(name: string, pending: number, bytes = 200) {
    this.id = `web/${name}`
    this.name = name
    this.pending = pending
    this.#bytes = bytes
  }

  position = (): Position => ({ offset: this.#offset })

  next(most: number) {
    const messages = Math.min(most, this.pending)
    if (messages === 0) return undefined
    return { text: this.name, position: this.position(), messages, bytes: Math.ceil(this.#bytes * messages) }
  }

  advance({ offset }: Position): void {
    this.pending -= (offset - this.#offset) / this.#bytes
    this.#offset = offset
  }
}
