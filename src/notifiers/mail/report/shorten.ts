import { printable } from '../../../core/visible.ts'
import { counted } from '../../../core/units.ts'
import type { Block, ReportDocument } from '../../../reports/block.ts'
import { withTexts } from '../../../reports/saved.ts'

/** A document with less in it, and what it lacks: a sentence each. */
export interface ShorterDocument {
  readonly document: ReportDocument
  readonly left: readonly string[]
}

/** How much a mail shows. */
interface Room {
  /** Rows of a table, samples, figures, sentences. */
  readonly rows: number
  /** Characters of a text. */
  readonly text: number
  /** Blocks, as a part of all. */
  readonly blocks: number
}

/** From the most to the least; the last one fits whatever the report holds. */
const ROOMS: readonly Room[] = [
  { rows: 20, text: 300, blocks: 1 },
  { rows: 10, text: 300, blocks: 1 },
  { rows: 7, text: 200, blocks: 1 },
  { rows: 5, text: 200, blocks: 1 },
  { rows: 4, text: 120, blocks: 1 },
  { rows: 3, text: 120, blocks: 1 },
  ...[0.75, 0.5, 0.35, 0.25, 0.18, 0.1, 0.05, 0].map(blocks => ({ rows: 3, text: 80, blocks }))
]

/** Characters of what is told before all else, however little room there is. */
const [MAX_SUBJECT, MAX_SENTENCE] = [300, 1000]
const [MAX_FACTS, MAX_FIGURES, MAX_MARKS, MAX_COLUMNS] = [10, 12, 9, 12]

/** How many names of what is left out are told. */
const MAX_NAMES = 12

/** The document with ever less in it, as far as it makes a difference. */
export function* shorterDocuments(document: ReportDocument): Generator<ShorterDocument> {
  for (const room of ROOMS) yield shorter(document, room)
}

function shorter(document: ReportDocument, { rows, text, blocks }: Room): ShorterDocument {
  const count = Math.ceil(document.blocks.length * blocks)
  const [kept, dropped] = [document.blocks.slice(0, count), document.blocks.slice(count)]
  const cut = kept.filter(block => block.type === 'table' && block.rows.length > rows).length
  const names = dropped.slice(0, MAX_NAMES).map(({ title }) => printable(title, 40))
  const others = dropped.length - names.length
  return {
    document: {
      ...withTexts(
        {
          ...document,
          facts: document.facts.slice(0, MAX_FACTS),
          blocks: kept.map(block => shorterBlock(block, rows))
        },
        one => printable(one, text)
      ),
      subject: printable(document.subject, MAX_SUBJECT),
      verdict: { ...document.verdict, sentence: printable(document.verdict.sentence, MAX_SENTENCE) }
    },
    left: [
      ...(cut > 0 ? [`Of ${counted(cut, 'table')} only the first ${rows} rows are here.`] : []),
      ...(names.length > 0
        ? [`There was no room for: ${names.join(', ')}${others > 0 ? ` and ${others} more` : ''}.`]
        : [])
    ]
  }
}

function shorterBlock(block: Block, rows: number): Block {
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
