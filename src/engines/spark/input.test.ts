import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { RangeSource } from '../../sources/kind.ts'
import { Input } from './input.ts'
import { Partition } from './testing/partition.ts'

it('a batch has all that waits when it begins, not only what was offered before it looked', async () => {
  const [first, second, empty] = [
    new Partition('first', 0),
    new Partition('second', 0),
    new Partition('empty', 0)
  ]
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
