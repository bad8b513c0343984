import { assert, nat, property } from 'fast-check'
import { expect, it } from 'vitest'
import type { Block } from '../../../reports/block.ts'
import { anyDocument } from '../../../reports/testing/documents.ts'
import { REPORT_DOCUMENT } from '../../testing/reports.ts'
import { shortened, stepsOf } from './shorten.ts'

function tableOf(name: string, rows: number): Block {
  return {
    type: 'table',
    name,
    title: name,
    columns: [{ label: 'Path', unit: 'log' }],
    rows: Array.from({ length: rows }, (_, i) => ({ cells: [`/${i}`] })),
    more: 5
  }
}

const NAMES = ['a', 'b', 'c', 'd']
const DOCUMENT = { ...REPORT_DOCUMENT, blocks: NAMES.map(name => tableOf(name, 10)) }

const rowsAt = (step: number): number[] => {
  const { blocks } = shortened(DOCUMENT, step).document
  return NAMES.map(name => {
    const block = blocks.find(block => block.name === name)
    return block?.type === 'table' ? block.rows.length : 0
  })
}

it('shortens the last table first, and none further before the others are as short', () => {
  const steps = Array.from({ length: stepsOf(DOCUMENT) + 1 }, (_, step) => rowsAt(step).join(' '))
  expect([...new Set(steps)]).toEqual([
    '10 10 10 10',
    '10 10 10 7',
    '10 10 7 7',
    '10 7 7 7',
    '7 7 7 7',
    '7 7 7 5',
    '7 7 5 5',
    '7 5 5 5',
    '5 5 5 5',
    '5 5 5 3',
    '5 5 3 3',
    '5 3 3 3',
    '3 3 3 3',
    '3 3 3 0',
    '3 3 0 0',
    '3 0 0 0',
    '0 0 0 0'
  ])
})

it('says how many rows there are besides, and which tables are not there', () => {
  const { document, left } = shortened(DOCUMENT, 4 * 6 + 1)
  expect(document.blocks.map(block => 'more' in block && block.more)).toEqual([12, 12, 12])
  expect(left).toEqual(['There was no room for all rows of 3 tables.', 'There was no room for: d.'])
})

it('never has more with a step, nor a block twice, and in the end none', () => {
  assert(
    property(anyDocument, nat(), (document, at) => {
      const step = at % Math.max(1, stepsOf(document))
      const [more, less] = [step, step + 1].map(
        step => JSON.stringify(shortened(document, step).document.blocks).length
      )
      expect(less! - more!).toBeLessThan(20)
      expect(shortened(document, stepsOf(document)).document.blocks).toEqual([])
    }),
    { seed: 3, numRuns: 60 }
  )
})
