import { DAY, toMillis, type Micros } from '../../core/time.ts'
import { select } from '../sql.ts'
import type { VersionsAnswer } from './answers.ts'
import { question } from './question.ts'

/** Counts of a metric of a derived field that lists or rules of some version made. */
export interface CountedVersion {
  readonly metric: string
  readonly version: string
  /** They are those of now; of older ones, whether they are still to be counted anew, or stay since their lines are not kept. */
  readonly state: 'current' | 'pending' | 'outdated'
  /** The days from the first to the end of the last of which this is known; absent where it is all that is left. */
  readonly source?: string
  readonly from?: Micros
  readonly to?: Micros
}

export const versionsQuestion = question({
  summary:
    'By which version of its lists and rules each metric of a derived field was counted: current, pending (still to be counted anew), or outdated (its lines are not kept).',
  parameters: z => z.strictObject({}),
  needsLines: false,
  async read({ connection }): Promise<CountedVersion[]> {
    const known = await select(
      connection,
      'select metric, version, earlier, pending::double from versions order by metric'
    )
    const outdated = await select(
      connection,
      `select o.metric, o.version, s.name, min(o.start)::double, max(o.start)::double + ${DAY}
       from outdated o join sources s on s.id = o.source group by all order by 1, 2, 3`
    )
    return [
      ...known.flatMap(([metric, version, earlier, pending]): CountedVersion[] => [
        { metric: String(metric), version: String(version), state: 'current' },
        ...(typeof pending === 'number'
          ? [{ metric: String(metric), version: String(earlier), state: 'pending' as const, to: pending }]
          : [])
      ]),
      ...outdated.map(([metric, version, source, from, to]) => ({
        metric: String(metric),
        version: String(version),
        state: 'outdated' as const,
        source: String(source),
        from: Number(from),
        to: Number(to)
      }))
    ]
  },
  api: {
    access: 'page',
    answer: (found): VersionsAnswer => ({
      versions: found.map(({ from, to, ...rest }) => ({
        ...rest,
        ...(from !== undefined && { from: toMillis(from) }),
        ...(to !== undefined && { to: toMillis(to) })
      }))
    })
  }
})
