import type { AnalyzedFile } from '../../core/analysis.ts'
import { formatCount } from '../../core/units.ts'
import type { SamplesBlock, TableBlock } from '../block.ts'
import { lineCounts } from '../layout.ts'
import type { Zod } from '../../settings/zod.ts'
import { countIn, linesIn, type Section } from '../section.ts'

const members = (z: Zod) => ({
  files: z.array(
    z.strictObject({
      path: z.string(),
      kinds: z.array(z.enum(['access', 'error'])).describe('The kinds of log that its lines are of.'),
      format: z.strictObject({ name: z.string(), text: z.string() }),
      why: z.string().describe('How the format was chosen.'),
      lines: linesIn(z),
      bytes: countIn(z).describe('Bytes read.'),
      problem: z.string().optional().describe('Why the file could not be read to its end.'),
      rejected: z
        .array(z.strictObject({ line: countIn(z), column: countIn(z), reason: z.string(), text: z.string() }))
        .describe('The first lines that do not follow the format; line and column count from 1.')
    })
  )
})

/** Each file, with the first lines that do not follow its format. */
export const files: Section<ReturnType<typeof members>> = {
  name: 'files',
  members,
  json: ({ files }) => ({
    files: files.map(({ path, kinds, format, why, counters, problem, firstRejected }) => ({
      path,
      kinds,
      format: { name: format.name, text: format.text },
      why,
      lines: lineCounts(counters),
      bytes: counters.bytes,
      ...(problem !== undefined && { problem }),
      rejected: firstRejected.map(({ line, column, reason, text }) => ({ line, column, reason, text }))
    }))
  }),
  blocks: ({ files }) => [
    ...(files.length > 0 ? [filesBlock(files)] : []),
    ...files.flatMap((file, i) => (file.counters.rejected > 0 ? [rejectedBlock(file, i)] : []))
  ]
}

function filesBlock(files: readonly AnalyzedFile[]): TableBlock {
  return {
    type: 'table',
    name: 'files',
    title: 'Files',
    note: `${formatCount(files.length)} in all`,
    columns: [
      { label: 'File', unit: 'text', fills: true },
      { label: 'Lines', unit: 'count' },
      { label: 'Rejected', unit: 'count' },
      { label: 'Bytes', unit: 'bytes' },
      { label: 'Format', unit: 'text' }
    ],
    rows: files.map(({ path, counters, why, problem }) => ({
      cells: [path, counters.read, counters.rejected, counters.bytes, problem ?? why],
      ...(problem !== undefined && { tone: 'critical' })
    }))
  }
}

function rejectedBlock({ path, firstRejected, counters }: AnalyzedFile, i: number): SamplesBlock {
  return {
    type: 'samples',
    name: `rejected-${i + 1}`,
    title: `Rejected in ${path}`,
    note: `${formatCount(counters.rejected)} of ${formatCount(counters.read)} lines`,
    samples: firstRejected.map(({ line, reason, text }) => ({ about: `line ${line}, ${reason}`, text })),
    more: counters.rejected - firstRejected.length
  }
}
