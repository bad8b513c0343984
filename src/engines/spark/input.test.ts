import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { RangeSource, RangeStream } from '../../sources/kind.ts'
import { Input } from './input.ts'

/** A partition of which messages wait. */
function partition(name: string, waiting: number): RangeStream & { pending: number } {
  const stream = { id: name, name, finished: false, pending: waiting, position: () => ({ offset: 0 }) }
  return {
    ...stream,
    next: messages => ({ text: name, position: { offset: 0 }, messages, bytes: messages }),
    advance() {}
  }
}

it('a batch has all that waits when it begins, not only what was offered before it looked', async () => {
  const [first, second, empty] = [partition('first', 0), partition('second', 0), partition('empty', 0)]
  const source: RangeSource = {
    async *ready() {
      yield [first, second, empty]
      yield [first]
    },
    // Some have come, and that was not told.
    look: async () => void (second.pending = 7),
    committed() {},
    close() {}
  }
  const input = await Input.open(
    { name: 'logs', options: { type: 'kafka', brokers: ['127.0.0.1:1'], topics: ['logs'] }, known: [] },
    { openSource: () => source },
    { clock: () => 0, random: () => 0 }
  )
  const names = (): string[] => input.due(0).map(({ stream }) => stream.name)
  void input.run(new AbortController().signal, () => {})
  await setImmediate()
  // The first offer names them all; none has anything.
  input.release(input.due(0))
  await setImmediate()
  first.pending = 1
  expect(names()).toEqual(['first'])
  await input.look()
  expect(names()).toEqual(['first', 'second'])
  input.abandon()
})
