import type { Block, TableBlock } from '../block.ts'
import type { Finding, ListName, ReportContents } from '../contents.ts'
import type { Zod } from '../../settings/zod.ts'
import { countIn, timeIn, type Section } from '../section.ts'
import { isoTime } from '../../core/units.ts'
import { visitorNote } from '../measures.ts'

/** A key with its counts, as JSON has it. */
export function findingIn(z: Zod) {
  return z.strictObject({ key: z.string(), count: countIn(z), bytes: z.number().min(0) })
}

const members = (z: Zod) => ({
  visitors: z
    .strictObject({
      count: countIn(z),
      requests: countIn(z),
      error: z.number().describe('Standard error of the counts as a share of them; 0 where they are exact.'),
      days: z.array(z.strictObject({ day: timeIn(z), count: countIn(z) }))
    })
    .optional()
    .describe(
      'Distinct pairs of an address and a user agent, programs apart; by day of the zone too. Absent where lines have no client.'
    ),
  pages: z.array(findingIn(z)).optional().describe('The paths of pages that were asked for most.'),
  referrers: z
    .strictObject({
      others: z.array(findingIn(z)),
      own: z.array(findingIn(z)).describe('Pages of the virtual hosts themselves.'),
      lengths: z.strictObject({ others: countIn(z), own: countIn(z) }).describe('How many there are in all.'),
      people: z
        .boolean()
        .describe('Whether requests of programs are left out, which needs lines that are kept.')
    })
    .optional()
    .describe('Referring pages; absent where lines name none, or no virtual host.'),
  statics: z.array(findingIn(z)).optional().describe('The same of files that are sent as they are.'),
  lengths: z
    .record(z.string(), countIn(z))
    .optional()
    .describe('How many there are in all of what is listed, such as pages, where that is known.'),
  slowest: z
    .array(
      z.strictObject({
        key: z.string(),
        count: countIn(z),
        seconds: z.number().describe('What all of its requests took.'),
        mean: z.number().describe('What one took on the average, in seconds.')
      })
    )
    .optional()
    .describe('The paths that took most of the time; absent where lines have no duration.')
})

/** Who came, and what they asked for: visitors by day, pages apart from files, the paths that took most time. */
export const content: Section<ReturnType<typeof members>> = {
  name: 'content',
  members,
  json: ({ visitors, pages, statics, slowest, lengths, referrers }) => ({
    ...(referrers && { referrers }),
    ...(lengths && { lengths }),
    ...(visitors && {
      visitors: { ...visitors, days: visitors.days.map(({ day, count }) => ({ day: isoTime(day), count })) }
    }),
    ...(pages && { pages }),
    ...(statics && { statics }),
    ...(slowest && { slowest })
  }),
  blocks: contents => [
    ...visitorDays(contents),
    ...pathTable('pages', 'Pages', contents),
    ...pathTable('statics', 'Static files', contents),
    ...referrerTables(contents),
    ...slowestTable(contents)
  ]
}

function referrerTables({ referrers }: ReportContents): Block[] {
  if (!referrers) return []
  const { lengths, people } = referrers
  const note = people ? 'programs left out' : 'programs among them'
  const head = { group: 'Requested', label: 'Page', note }
  const [others, own] = (['others', 'own'] as const).map((which): Block[] => {
    const title = which === 'others' ? 'Referrers' : 'Referrers of the site itself'
    const name = which === 'others' ? 'referrer' : 'own-referrer'
    const table = findingTable({ ...head, name, title }, referrers[which])
    const more = lengths[which] - referrers[which].length
    return [{ ...table, ...(more > 0 && { more }) }]
  })
  return [...(others ?? []), ...(own ?? [])]
}

function visitorDays({ visitors, bots }: ReportContents): Block[] {
  if (!visitors || visitors.days.length < 2) return []
  return [
    {
      type: 'table',
      name: 'visitors',
      title: 'Visitors by day',
      group: 'Visitors',
      note: visitorNote(visitors.error, bots !== undefined),
      columns: [
        { label: 'Day', unit: 'day' },
        { label: 'Visitors', unit: 'count', bar: true }
      ],
      rows: visitors.days.map(({ day, count }) => ({ cells: [day, count] }))
    }
  ]
}

function pathTable(name: 'pages' | 'statics', title: string, contents: ReportContents): Block[] {
  const paths = contents[name] ?? []
  if (paths.length === 0) return []
  const table = findingTable({ name, title, group: 'Requested', label: 'Path' }, paths)
  return [{ ...table, ...moreOf(name, paths, contents) }]
}

/** How many there are besides those that are listed. */
export function moreOf(
  name: ListName,
  shown: readonly unknown[],
  { lengths }: ReportContents
): Pick<TableBlock, 'more'> {
  const more = (lengths?.[name] ?? 0) - shown.length
  return more > 0 ? { more } : {}
}

/** A table of keys with their requests. */
export function findingTable(
  { label, ...head }: Pick<TableBlock, 'name' | 'title' | 'group' | 'note'> & { readonly label: string },
  findings: readonly Finding[],
  unit: 'log' | 'text' = 'log'
): TableBlock {
  const measured = findings.some(({ bytes }) => bytes > 0)
  return {
    type: 'table',
    ...head,
    columns: [
      { label, unit, fills: true },
      { label: 'Requests', unit: 'count', bar: true },
      ...(measured ? [{ label: 'Bytes', unit: 'bytes' } as const] : [])
    ],
    rows: findings.map(({ key, count, bytes }) => ({ cells: [key, count, ...(measured ? [bytes] : [])] }))
  }
}

function slowestTable(contents: ReportContents): Block[] {
  const { slowest = [] } = contents
  if (slowest.length === 0) return []
  return [
    {
      type: 'table',
      name: 'slowest',
      title: 'Paths by the time they took',
      group: 'Requested',
      columns: [
        { label: 'Path', unit: 'log', fills: true },
        { label: 'Requests', unit: 'count' },
        { label: 'Mean', unit: 'seconds' },
        { label: 'Together', unit: 'span', bar: true }
      ],
      rows: slowest.map(({ key, count, mean, seconds }) => ({ cells: [key, count, mean, seconds] })),
      ...moreOf('slowest', slowest, contents)
    }
  ]
}
