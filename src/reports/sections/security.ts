import type { Block } from '../block.ts'
import type { ReportContents, SecurityFindings } from '../contents.ts'
import type { Zod } from '../../settings/zod.ts'
import { countIn, type Section } from '../section.ts'
import { findingIn, findingTable } from './content.ts'

const members = (z: Zod) => ({
  security: z
    .strictObject({
      probed: countIn(z).describe('Requests for what attackers look for.'),
      probes: z.array(findingIn(z)).describe('By what they are after.'),
      probers: z.array(findingIn(z)).describe('By client.'),
      answered: z
        .array(findingIn(z))
        .describe('Paths of those that were answered with 2xx: what did they get?'),
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
  json: ({ security }) => (security ? { security: plain(security) } : {}),
  blocks: ({ security }) => (security ? blocksOf(security) : [])
}

function plain({ probed, ...lists }: SecurityFindings) {
  return {
    probed,
    probes: lists.probes.map(one => ({ ...one })),
    probers: lists.probers.map(one => ({ ...one })),
    answered: lists.answered.map(one => ({ ...one })),
    bruteForce: lists.bruteForce.map(one => ({ ...one }))
  }
}

const group = 'Security'

function blocksOf({
  probes,
  probers,
  answered,
  bruteForce
}: NonNullable<ReportContents['security']>): Block[] {
  return [
    ...(answered.length > 0
      ? [
          findingTable(
            {
              name: 'answered',
              title: 'Probes that were answered',
              group,
              note: 'what did they get?',
              label: 'Path'
            },
            answered
          )
        ]
      : []),
    ...(bruteForce.length > 0 ? [forcedTable(bruteForce)] : []),
    ...(probes.length > 0
      ? [findingTable({ name: 'probes', title: 'Looked for', group, label: 'What' }, probes, 'text')]
      : []),
    ...(probers.length > 0
      ? [
          findingTable(
            { name: 'probers', title: 'Clients that looked for it', group, label: 'Client' },
            probers
          )
        ]
      : [])
  ]
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
