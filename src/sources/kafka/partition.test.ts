import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Position } from '../../core/source.ts'
import { batchesIn } from './record-batch.ts'
import { Partition } from './partition.ts'
import {
  furthest,
  commitMetadata,
  fetchPositionOf,
  partitionAccount,
  unreadBefore,
  withinFrom,
  type FetchPosition
} from './fetch-position.ts'
import { batchBytes } from './testing/batches.ts'

const ID = 'topic-id'
const START: FetchPosition = { message: 0, within: 0, epoch: -1 }

function opened(position = START, offset = 0): Partition {
  const partition = new Partition('kafka:web:access:0', { topic: 'access', index: 0 })
  partition.begin(position, ID, 'visor-1', offset)
  return partition
}

/** Fetches as a fetcher does: batches from the one on that holds the next message. */
function fetch(partition: Partition, log: readonly Buffer[]): void {
  const batches = log.flatMap(bytes => batchesIn(Buffer.from(bytes)))
  partition.push(batches.filter(({ next }) => next > partition.fetchAt))
}

function logOf(batches: readonly (readonly string[])[]): { log: Buffer[]; text: string } {
  let base = 0
  const log: Buffer[] = []
  for (const values of batches) {
    log.push(
      batchBytes(
        values.map(value => ({ value })),
        base,
        log.length % 2 === 0 ? 'none' : 'zstd'
      )
    )
    base += values.length
  }
  const lines = batches.flat().map(value => (value === '' || value.endsWith('\n') ? value : `${value}\n`))
  return { log, text: lines.join('') }
}

describe('a partition', () => {
  const value = fc
    .array(fc.constantFrom('a', 'bc', '\n', 'd\n', ''), { maxLength: 6 })
    .map(parts => parts.join(''))
  const batches = fc.array(fc.array(value, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 5 })
  const steps = fc.array(
    fc.record({ size: fc.integer({ min: 1, max: 20 }), taken: fc.nat(20), restart: fc.boolean() }),
    {
      maxLength: 60
    }
  )

  it('gives the bytes of all its messages once, however they are read and wherever reading is taken up again', () => {
    fc.assert(
      fc.property(batches, steps, (batches, steps) => {
        const { log, text } = logOf(batches)
        let partition = opened()
        let got = ''
        fetch(partition, log)
        for (const { size, taken, restart } of [...steps, { size: 1000, taken: 1000, restart: false }]) {
          const into = Buffer.alloc(size)
          const bytes = into.subarray(0, partition.read(into))
          const done = bytes.subarray(0, taken)
          partition.advance(done.length)
          got += done.toString()
          expect(partition.position().offset).toBe(got.length)
          if (!restart) continue
          const position: Position = JSON.parse(JSON.stringify(partition.position()))
          partition = opened(fetchPositionOf(position), position.offset)
          fetch(partition, log)
        }
        expect(got).toBe(text)
        expect(partition.fetchPosition.message).toBe(batches.flat().length)
        expect([partition.pending, partition.lag]).toEqual([0, 0])
      })
    )
  })

  it('passes over messages without lines', () => {
    const partition = opened()
    fetch(partition, logOf([['', '', ''], ['']]).log)
    expect(partition.waiting).toBe(true)
    expect(partition.read(Buffer.alloc(10))).toBe(0)
    const place = { offset: 0, message: 4, epoch: 0, topic: ID, member: 'visor-1' }
    expect(partition.position()).toEqual({ ...place, empty: 4 })
  })

  it('accounts for each message before its position, over restarts too', () => {
    const begin = { message: 10, within: 0, epoch: -1 }
    let partition = opened(begin, 0)
    const take = (values: readonly string[], base: number): unknown => {
      partition.push(
        batchesIn(
          batchBytes(
            values.map(value => ({ value })),
            base,
            'none'
          )
        )
      )
      partition.advance(partition.read(Buffer.alloc(100)))
      return partitionAccount(partition.position())
    }
    const known = { unit: 'messages', passed: 10, empty: 1, lost: 0 }
    expect(take(['one', '', 'three'], 10)).toEqual({ ...known, read: 2 })
    partition.remove(13, 20, 5000)
    partition.fetchFrom(20)
    const lost = { lost: 7, lostAt: 5000, why: 'they were removed from the topic before they were read' }
    expect(partitionAccount(partition.position())).toEqual({ ...known, ...lost, read: 2 })
    const position = partition.position()
    partition = new Partition('kafka:web:access:0', { topic: 'access', index: 0 })
    partition.begin({ message: 20, within: 0, epoch: -1 }, ID, 'visor-1', 10, unreadBefore(position))
    expect(take(['four'], 20)).toEqual({ ...known, ...lost, read: 3 })
    expect(partitionAccount({ offset: 5 })).toBeUndefined()
  })

  it('does not take for lost what was removed before it has come there', () => {
    const partition = opened()
    fetch(partition, logOf([['one', 'two']]).log)
    partition.remove(2, 5, 5000)
    partition.fetchFrom(5)
    partition.advance(partition.read(Buffer.alloc(4)))
    expect(partitionAccount(partition.position())).toMatchObject({ read: 1, lost: 0 })
    partition.advance(partition.read(Buffer.alloc(4)))
    expect(partitionAccount(partition.position())).toMatchObject({ read: 2, lost: 3 })
  })

  it('has something to do when there is something new, and not before', () => {
    const partition = opened()
    const look = (): boolean => {
      const { waiting } = partition
      partition.offer()
      return waiting
    }
    expect([look(), look()]).toEqual([true, false])
    fetch(partition, logOf([['one', 'two']]).log)
    expect([look(), look()]).toEqual([true, false])
    partition.read(Buffer.alloc(100))
    partition.advance(4)
    expect([look(), look()]).toEqual([true, false])
    partition.advance(4)
    expect(look()).toBe(false)
    partition.finish()
    expect([look(), look()]).toEqual([true, false])
  })

  it('knows which positions are of its time', () => {
    const partition = opened({ message: 10, within: 2, epoch: -1 }, 100)
    const covers = (message: number, within: number, offset: number): boolean =>
      partition.covers({ message, within, epoch: -1 }, offset)
    expect([covers(9, 0, 99), covers(9, 0, 100), covers(10, 1, 100), covers(10, 2, 99)]).toEqual(
      Array(4).fill(false)
    )
    expect([covers(10, 2, 100), covers(11, 0, 100), covers(3, 0, 101)]).toEqual(Array(3).fill(true))
  })

  it('hands nothing over once it is given up, and stays where it is', () => {
    const partition = opened()
    fetch(partition, logOf([['one\ntwo', 'three']]).log)
    partition.read(Buffer.alloc(100))
    partition.advance(4)
    partition.stop()
    expect(partition.read(Buffer.alloc(100))).toBe(0)
    partition.advance(4)
    expect(partition.position()).toMatchObject({ offset: 4, message: 0, within: 4 })
    expect(partition.pending).toBe(0)
  })

  it('fetches again what cannot be read, and reports why', () => {
    const { log, text } = logOf([['one'], ['two'], ['three']])
    const partition = opened()
    const [first, second, third] = log.flatMap(bytes => batchesIn(Buffer.from(bytes)))
    if (!first || !second || !third) throw new Error('there are no batches')
    partition.push([first, { ...second, compression: 7 }, third])
    const into = Buffer.alloc(100)
    expect(into.toString('latin1', 0, partition.read(into))).toBe('one\n')
    expect(partition.takeFault()).toMatch(/^message 1 is compressed in a way that is not known/)
    expect(partition.takeFault()).toBeUndefined()
    expect([partition.fetchAt, partition.pending]).toEqual([1, 4])
    fetch(partition, log)
    expect(into.toString('latin1', 0, partition.read(into))).toBe(text)
  })
})

describe('positions', () => {
  const position = fc.record({ message: fc.nat(5), within: fc.nat(3), epoch: fc.constant(-1) })

  it('are compared by message, then by bytes within it', () => {
    fc.assert(
      fc.property(position, position, (a, b) => {
        const [less, more] = [a, b].toSorted((a, b) => a.message - b.message || a.within - b.within)
        expect(furthest(a, b)).toMatchObject({ message: more?.message, within: more?.within })
        expect(furthest(less, undefined)).toBe(less)
      })
    )
  })

  it('are committed with metadata that others may have written', () => {
    fc.assert(fc.property(position, position => withinFrom(commitMetadata(position)) === position.within))
    for (const note of [null, undefined, '', 'metadata', '12', '{"a":1}']) expect(withinFrom(note)).toBe(0)
  })

  it('are none where a position is of something else', () => {
    expect(fetchPositionOf({ offset: 5 })).toBeUndefined()
    expect(fetchPositionOf({ offset: 5, message: 'x' })).toBeUndefined()
  })
})
