import type { AnalyzedFile } from '../../core/analysis.ts'
import { formatCount } from '../../core/units.ts'
import { visible } from '../../core/visible.ts'
import { cut, indent, lineCounts } from '../layout.ts'
import type { Zod } from '../../settings/zod.ts'
import { countIn, linesIn, type TextBlock, type Section } from '../section.ts'

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
  title: 'Files',
  members,
  json: ({ files }) => ({
    files: files.map(({ path, kinds, format, why, counters, problem, firstRejected }) => ({
      path,
      kinds: [...kinds],
      format: { name: format.name, text: format.text },
      why,
      lines: lineCounts(counters),
      bytes: counters.bytes,
      ...(problem !== undefined && { problem }),
      rejected: firstRejected.map(({ line, column, reason, text }) => ({ line, column, reason, text }))
    }))
  }),
  text: ({ files }, width) =>
    files.filter(({ counters }) => counters.rejected > 0).map(file => rejectedBlock(file, width))
}

function rejectedBlock({ path, firstRejected, counters }: AnalyzedFile, width: number): TextBlock {
  const rows = firstRejected.flatMap(({ line, reason, text }) => [
    `line ${line}, ${visible(reason)}`,
    `  ${visible(text)}`
  ])
  const more = counters.rejected - firstRejected.length
  return {
    title: `Rejected in ${cut(visible(path), Math.floor(width / 2))}`,
    note: `${formatCount(counters.rejected)} of ${formatCount(counters.read)} lines`,
    lines: [
      ...rows.map(row => indent(cut(row, width - 2))),
      ...(more > 0 ? [indent(`… and ${formatCount(more)} more`)] : [])
    ]
  }
}
