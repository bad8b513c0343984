import { printable } from '../../../core/visible.ts'
import { counted } from '../../../core/units.ts'
import type { Block, ReportDocument } from '../../../reports/block.ts'
import { withOtherTexts } from '../../../reports/saved.ts'

/** A document with less in it, and what it lacks: a sentence each. */
export interface ShorterDocument {
  readonly document: ReportDocument
  readonly left: readonly string[]
}

/** How much of a block is there: so many rows, samples, figures or sentences, and characters of a text. */
interface Room {
  readonly rows: number
  readonly text: number
}

/** From the most that a block has to the least before it goes. */
const ROOMS: readonly Room[] = [
  { rows: 100, text: 300 },
  { rows: 50, text: 300 },
  { rows: 20, text: 300 },
  { rows: 10, text: 300 },
  { rows: 7, text: 200 },
  { rows: 5, text: 120 },
  { rows: 3, text: 80 },
  { rows: 0, text: 80 }
]

const [MAX_FACTS, MAX_FIGURES, MAX_MARKS, MAX_COLUMNS] = [16, 24, 9, 12]

/** Characters of a fact. */
const MAX_FACT = 300

/** How many names of what is left out are told. */
const MAX_NAMES = 12

/** In how many steps a document becomes empty. */
export function stepsOf({ blocks }: ReportDocument): number {
  return blocks.length * (ROOMS.length - 1)
}

/**
 * The document with ever less in it: each step shortens one block, the least interesting first, and none by more than one room
 * before all others have been. Subject and verdict are never cut.
 */
export function shortened(document: ReportDocument, step: number): ShorterDocument {
  const { blocks, facts } = document
  const count = Math.max(1, blocks.length)
  const [round, done] = [Math.floor(step / count), step % count]
  const least = new Set(byInterest(blocks).slice(blocks.length - done))
  const roomOf = (block: Block): Room => ROOMS[round + (least.has(block) ? 1 : 0)] ?? NOTHING
  const dropped = blocks.filter(block => roomOf(block).rows === 0)
  const kept = blocks.filter(block => !dropped.includes(block))
  const cut = kept.filter(block => block.type === 'table' && block.rows.length > roomOf(block).rows)
  return {
    document: {
      ...document,
      facts: facts
        .slice(0, MAX_FACTS)
        .map(({ name, text }) => ({ name: printable(name, 40), text: printable(text, MAX_FACT) })),
      blocks: kept.map(block => shorterBlock(block, roomOf(block)))
    },
    left: [
      ...(cut.length > 0 ? [`There was no room for all rows of ${counted(cut.length, 'table')}.`] : []),
      ...droppedText(dropped)
    ]
  }
}

const NOTHING: Room = { rows: 0, text: 0 }

/** What says most stands first in a report; figures, charts and sentences say more than tables. */
function byInterest(blocks: readonly Block[]): Block[] {
  return blocks.toSorted((a, b) => Number(isLong(a)) - Number(isLong(b)))
}

function isLong({ type }: Block): boolean {
  return type === 'table' || type === 'samples'
}

function droppedText(dropped: readonly Block[]): string[] {
  if (dropped.length === 0) return []
  const names = dropped.slice(0, MAX_NAMES).map(({ title }) => printable(title, 40))
  const others = dropped.length - names.length
  return [
    `There was no room for: ${names.join(', ')}${others > 0 ? ` and ${counted(others, 'other')}` : ''}.`
  ]
}

function shorterBlock(block: Block, { rows, text }: Room): Block {
  return withOtherTexts(withFewer(block, rows), one => printable(one, text))
}

function withFewer(block: Block, rows: number): Block {
  switch (block.type) {
    case 'figures':
      return { ...block, figures: block.figures.slice(0, MAX_FIGURES) }
    case 'table': {
      const { columns, more = 0, rest, ...table } = block
      const gone = Math.max(0, block.rows.length - rows)
      return {
        ...table,
        columns: columns.slice(0, MAX_COLUMNS),
        rows: block.rows.slice(0, rows),
        more: more + gone,
        // What the others come to is not known of these.
        ...(rest && gone === 0 && { rest })
      }
    }
    case 'samples':
      return {
        ...block,
        samples: block.samples.slice(0, rows),
        more: (block.more ?? 0) + Math.max(0, block.samples.length - rows)
      }
    case 'chart':
      return { ...block, marks: block.marks.slice(0, MAX_MARKS) }
    default:
      return { ...block, sentences: block.sentences.slice(0, rows) }
  }
}
