import { formatCount } from '../../core/units.ts'
import type { Block, TableBlock } from '../block.ts'
import type { Finding, ReportContents, SecurityFindings } from '../contents.ts'
import type { Zod } from '../../settings/zod.ts'
import { countIn, type Section } from '../section.ts'
import { findingIn, findingTable, moreOf } from './content.ts'

const members = (z: Zod) => ({
  security: z
    .strictObject({
      probed: countIn(z).describe('Requests for what attackers look for.'),
      probes: z.array(findingIn(z)).describe('By what they are after.'),
      probers: z.array(findingIn(z)).describe('By client.'),
      answered: z
        .array(findingIn(z))
        .describe('Paths of those that were answered with 2xx: what did they get?'),
      answeredPaths: countIn(z).describe('How many such paths there are in all.'),
      bruteForce: z
        .array(findingIn(z).extend({ of: countIn(z).describe('All requests of the client.') }))
        .describe(
          'Clients that tried to get in 20 times or more, with half of their requests or more: refused with 401 or 403, or at pages to log in.'
        )
    })
    .optional()
    .describe('Absent where lines have no path.')
})

/** Who looked for ways in, and what they got. */
export const security: Section<ReturnType<typeof members>> = {
  name: 'security',
  members,
  json: ({ security }) => {
    if (!security) return {}
    const { probed, answeredPaths, probes, probers, answered, bruteForce } = security
    return { security: { probed, answeredPaths, probes, probers, answered, bruteForce } }
  },
  blocks: contents => (contents.security ? blocksOf(contents.security, contents) : [])
}

const group = 'Security'

function blocksOf(
  { probes, probers, answered, answeredPaths, exposed, bruteForce }: SecurityFindings,
  contents: ReportContents
): Block[] {
  return [
    ...(answered.length > 0 ? [answeredTable(answered, answeredPaths, exposed)] : []),
    ...(bruteForce.length > 0 ? [forcedTable(bruteForce)] : []),
    ...(probes.length > 0
      ? [findingTable({ name: 'probes', title: 'Looked for', group, label: 'What' }, probes, 'text')]
      : []),
    ...(probers.length > 0
      ? [
          {
            ...findingTable(
              { name: 'probers', title: 'Clients that looked for it', group, label: 'Client' },
              probers
            ),
            ...moreOf('probers', probers, contents)
          }
        ]
      : [])
  ]
}

/** What nobody means to be public is marked. */
function answeredTable(
  answered: readonly Finding[],
  paths: number,
  exposed: SecurityFindings['exposed']
): TableBlock {
  const head = { name: 'answered', title: 'Probes that were answered', group, label: 'Path' }
  const table = findingTable({ ...head, note: `what did they get? ${formatCount(paths)} distinct` }, answered)
  const marked = new Set(exposed.map(({ key }) => key))
  return {
    ...table,
    rows: table.rows.map((row, i) =>
      marked.has(answered[i]?.key ?? '') ? { ...row, tone: 'warning' } : row
    ),
    ...(paths > answered.length && { more: paths - answered.length })
  }
}

function forcedTable(clients: SecurityFindings['bruteForce']): Block {
  return {
    type: 'table',
    name: 'brute-force',
    title: 'Clients that try to get in',
    group,
    note: 'refused, or at a page to log in, most of the time',
    columns: [
      { label: 'Client', unit: 'log', fills: true },
      { label: 'Attempts', unit: 'count', bar: true },
      { label: 'All requests', unit: 'count' }
    ],
    rows: clients.map(({ key, count, of }) => ({ cells: [key, count, of], tone: 'warning' }))
  }
}
