import type { Block, Figure } from '../block.ts'
import type { Finding, VhostReading } from '../contents.ts'
import type { Zod } from '../../settings/zod.ts'
import { countIn, type Section } from '../section.ts'
import { findingIn, findingTable } from './content.ts'
import { classShare } from './hosts.ts'

/** So many virtual hosts have a block of their own, those with most requests. */
const MAX_BLOCKS = 20
/** Failing paths of each. */
const MAX_PATHS = 5

const members = (z: Zod) => ({
  vhosts: z
    .array(
      z.strictObject({
        name: z.string(),
        requests: countIn(z),
        bytes: z.number().min(0),
        classes: z.record(z.string(), countIn(z)).optional().describe('Requests by class of status.'),
        visitors: countIn(z).optional(),
        failed: z
          .array(findingIn(z))
          .optional()
          .describe('Its paths that were answered with 500 or more, those that failed most first.'),
        p95: z.number().optional().describe('Of the duration, in seconds.')
      })
    )
    .optional()
    .describe('Each virtual host; absent where lines name none.')
})

/** Each virtual host for itself, where there are several: its figures, and which of its paths fail. */
export const vhosts: Section<ReturnType<typeof members>> = {
  name: 'vhosts',
  members,
  json: ({ vhosts }) => (vhosts ? { vhosts } : {}),
  blocks: ({ vhosts = [] }) =>
    vhosts.length < 2 ? [] : vhosts.slice(0, MAX_BLOCKS).flatMap((one, i) => blocksOf(one, i + 1))
}

function blocksOf(vhost: VhostReading, number: number): Block[] {
  const head = { group: 'Each virtual host', ofLog: true } as const
  return [
    {
      type: 'figures',
      ...head,
      name: `vhost-${number}`,
      title: vhost.name,
      figures: figuresOf(vhost)
    },
    ...failing(vhost.failed ?? []).map(table => ({
      ...table,
      ...head,
      name: `vhost-${number}-failed`,
      title: `Failed (5xx) of ${vhost.name}`
    }))
  ]
}

/** What is not known of a host, such as durations, is left out. */
function figuresOf(vhost: VhostReading): Figure[] {
  const { requests, bytes, visitors, p95, classes = {} } = vhost
  const failed = (classes['4xx'] ?? 0) + (classes['5xx'] ?? 0)
  return [
    { label: 'Requests', unit: 'count', value: requests },
    ...(vhost.classes
      ? ([
          { label: 'Errors', unit: 'count', value: failed },
          { label: 'Client errors', unit: 'share', value: classShare(vhost, '4xx') },
          { label: 'Server errors', unit: 'share', value: classShare(vhost, '5xx') }
        ] as const)
      : []),
    ...(bytes > 0 ? [{ label: 'Sent', unit: 'bytes', value: bytes } as const] : []),
    ...(visitors === undefined ? [] : [{ label: 'Visitors', unit: 'count', value: visitors } as const]),
    ...(p95 === undefined ? [] : [{ label: 'Duration p95', unit: 'seconds', value: p95 } as const])
  ]
}

function failing(paths: readonly Finding[]) {
  if (paths.length === 0) return []
  const table = findingTable({ name: '', title: '', label: 'Path' }, paths.slice(0, MAX_PATHS))
  return [{ ...table, ...(paths.length > MAX_PATHS && { more: paths.length - MAX_PATHS }) }]
}
