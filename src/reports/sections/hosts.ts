import type { Block } from '../block.ts'
import type { ReportContents, VhostReading } from '../contents.ts'
import type { Zod } from '../../settings/zod.ts'
import { countIn, type Section } from '../section.ts'
import { moreOf } from './content.ts'

const members = (z: Zod) => ({
  crawlers: z
    .array(
      z.strictObject({
        name: z.string(),
        requests: countIn(z),
        bytes: z.number().min(0),
        seconds: z.number().optional().describe("The server's time that its requests took."),
        share: z.number().describe("Of the server's time where that is known, else of the requests.")
      })
    )
    .optional()
    .describe('Programs by the name in their user agent; absent where lines have none.')
})

/** Virtual hosts beside each other, and the programs that ask. */
export const hosts: Section<ReturnType<typeof members>> = {
  name: 'hosts',
  members,
  json: ({ crawlers }) => (crawlers ? { crawlers } : {}),
  blocks: contents => [...vhostBlocks(contents), ...crawlerBlocks(contents)]
}

function vhostBlocks({ vhosts = [], moreVhosts = 0 }: ReportContents): Block[] {
  if (vhosts.length < 2) return []
  const any = (of: (one: VhostReading) => unknown): boolean => vhosts.some(one => of(one) !== undefined)
  const [status, timed, seen] = [any(one => one.classes), any(one => one.p95), any(one => one.visitors)]
  return [
    {
      type: 'table',
      name: 'vhosts',
      title: 'Virtual hosts beside each other',
      group: 'Virtual hosts',
      columns: [
        { label: 'Host', unit: 'log', fills: true },
        { label: 'Requests', unit: 'count', bar: true },
        { label: 'Bytes', unit: 'bytes' },
        ...(status
          ? ([
              { label: '4xx', unit: 'share' },
              { label: '5xx', unit: 'share' }
            ] as const)
          : []),
        ...(timed ? [{ label: 'p95', unit: 'seconds' } as const] : []),
        ...(seen ? [{ label: 'Visitors', unit: 'count' } as const] : [])
      ],
      rows: vhosts.map(one => ({
        cells: [
          one.name,
          one.requests,
          one.bytes,
          ...(status ? [classShare(one, '4xx'), classShare(one, '5xx')] : []),
          ...(timed ? [one.p95] : []),
          ...(seen ? [one.visitors] : [])
        ]
      })),
      ...(moreVhosts > 0 && { more: moreVhosts })
    }
  ]
}

function crawlerBlocks(contents: ReportContents): Block[] {
  const { crawlers = [] } = contents
  if (crawlers.length === 0) return []
  const timed = crawlers.some(({ seconds }) => seconds !== undefined)
  return [
    {
      type: 'table',
      name: 'crawlers',
      title: 'Crawlers and other programs',
      group: 'Visitors',
      note: timed ? "share of the server's time" : 'share of the requests',
      columns: [
        { label: 'Program', unit: 'log', fills: true },
        { label: 'Requests', unit: 'count' },
        { label: 'Bytes', unit: 'bytes' },
        ...(timed ? [{ label: 'Server time', unit: 'span' } as const] : []),
        { label: 'Share', unit: 'share', bar: true }
      ],
      rows: crawlers.map(({ name, requests, bytes, seconds, share }) => ({
        cells: [name, requests, bytes, ...(timed ? [seconds] : []), share]
      })),
      ...moreOf('crawlers', crawlers, contents)
    }
  ]
}

/** The share of a class among the requests of a host that have a status. */
export function classShare({ classes }: VhostReading, name: string): number | undefined {
  const all = Object.values(classes ?? {}).reduce((sum, count) => sum + count, 0)
  return all > 0 ? (classes?.[name] ?? 0) / all : undefined
}
