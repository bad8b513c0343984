import { compressionsAlgorithms, crc32c } from '@platformatic/kafka'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchesIn, type RecordBatch } from './record-batch.ts'
import { recordLines } from './record-lines.ts'
import { batchBytes } from './testing/batches.ts'

const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const

function only(bytes: Buffer): RecordBatch {
  const [batch] = batchesIn(bytes)
  if (!batch) throw new Error('there is no batch')
  return batch
}

const textIn = (batch: RecordBatch, from = 0, within = 0): string =>
  recordLines(batch, from, within).bytes.toString()

describe('the lines of a batch', () => {
  it.each(CODECS)('are those of its messages, compressed with %s', compression => {
    const messages = Array.from({ length: 1000 }, (_, i) => ({ key: `key ${i % 7}`, value: `line ${i}` }))
    const batch = only(batchBytes(messages, 500, compression))
    const { bytes, ends, offsets, next } = recordLines(batch, 0, 0)
    expect(bytes.toString()).toBe(messages.map(({ value }) => `${value}\n`).join(''))
    expect([ends.length, offsets[0], offsets[999], next]).toEqual([1000, 500, 1499, 1500])
  })

  it('end with a line end, one for each message; empty messages have none', () => {
    const values = ['one', 'two\n', 'three\nfour', '', 'five\r\n', '\n']
    const batch = only(batchBytes(values.map(value => ({ value }))))
    const { bytes, offsets, next } = recordLines(batch, 0, 0)
    expect(bytes.toString()).toBe('one\ntwo\nthree\nfour\nfive\r\n\n')
    expect([...offsets]).toEqual([0, 1, 2, 4, 5])
    expect(next).toBe(6)
  })

  it('begin with the message, and within it, where reading goes on', () => {
    const bytes = (): RecordBatch =>
      only(batchBytes([{ value: 'a' }, { value: 'b\nc\nd' }, { value: 'e' }], 10))
    expect(textIn(bytes(), 11)).toBe('b\nc\nd\ne\n')
    expect(textIn(bytes(), 11, 2)).toBe('c\nd\ne\n')
    expect(textIn(bytes(), 11, 4)).toBe('d\ne\n')
    // Only the line end that it lacks.
    expect(textIn(bytes(), 11, 5)).toBe('\ne\n')
    expect(textIn(bytes(), 12, 2)).toBe('')
    expect(textIn(bytes(), 13)).toBe('')
    expect(recordLines(bytes(), 11, 2).skipped).toBe(2)
  })

  it('are read in chunks of snappy as Java writes it', () => {
    const plain = only(batchBytes([{ value: 'one' }, { value: 'two' }]))
    const head = Buffer.from('82534e41505059000000000100000001', 'hex')
    const pieces = [plain.records.subarray(0, 7), plain.records.subarray(7)].flatMap(piece => {
      const chunk = compressionsAlgorithms.snappy.compressSync(piece)
      const length = Buffer.alloc(4)
      length.writeUInt32BE(chunk.length)
      return [length, chunk]
    })
    expect(textIn({ ...plain, compression: 2, records: Buffer.concat([head, ...pieces]) })).toBe('one\ntwo\n')
  })
})

describe('bytes of a broker', () => {
  const bytes = batchBytes([{ value: 'one' }, { value: 'two' }], 7)

  it('may have several batches, and half a one at the end', () => {
    const more = batchBytes([{ value: 'three' }], 9)
    const all = Buffer.concat([bytes, more, bytes.subarray(0, 30)])
    expect(batchesIn(all).map(({ base, next }) => [base, next])).toEqual([
      [7, 9],
      [9, 10]
    ])
    expect(batchesIn(Buffer.concat([bytes, more.subarray(0, -1)]))).toHaveLength(1)
  })

  it('are refused where one of them has changed', () => {
    for (let at = 16; at < bytes.length; at++) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => batchesIn(changed)).toThrow(/^message 7 is (damaged|stored)/)
    }
  })

  it('are refused, whatever the records are, without reading beyond them', () => {
    const sealed = (records: Uint8Array, count: number): Buffer => {
      const head = Buffer.from(bytes.subarray(0, 61))
      head.writeInt32BE(count, 57)
      const all = Buffer.concat([head, records])
      all.writeInt32BE(all.length - 12, 8)
      all.writeUInt32BE(crc32c(all.subarray(21)), 17)
      return all
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer(), (records, count) => {
        try {
          const { bytes } = recordLines(only(sealed(records, count)), 0, 0)
          expect(bytes.length).toBeLessThanOrEqual(records.length)
        } catch (error) {
          expect(String(error)).toBe('Error: message 7 is damaged')
        }
      })
    )
  })
})
