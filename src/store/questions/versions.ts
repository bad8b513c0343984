import type { DuckDBValue } from '@duckdb/node-api'
import { DAY, toMillis, type Micros } from '../../core/time.ts'
import { selectAs, textOrNull } from '../sql.ts'
import type { VersionsAnswer } from './answers.ts'
import { question } from './question.ts'

/** A time; `undefined` for NULL. */
const micros = (value: DuckDBValue): Micros | undefined => (typeof value === 'number' ? value : undefined)

const STATES = ['current', 'pending', 'outdated'] as const

export const versionsQuestion = question({
  summary:
    'By which version of its lists and rules each metric of a derived field was counted: current, pending (still to be counted anew), or outdated (its lines are not kept).',
  parameters: z => z.strictObject({}),
  needsLines: false,
  read: ({ connection }) =>
    selectAs(
      connection,
      {
        metric: String,
        version: String,
        // Those of now; of older ones, whether they are still to be counted anew, or stay since their lines are not kept.
        state: index => STATES[Number(index)] ?? 'current',
        // The days from the first to the end of the last of which this is known; absent where it is all that is left.
        source: value => textOrNull(value) ?? undefined,
        from: micros,
        to: micros
      },
      `select * from (select metric, version, 0 as state, null as source, null as first, null as last from versions
       union all select metric, earlier, 1, null, null, pending::double from versions where pending is not null
       union all select o.metric, o.version, 2, s.name, min(o.start)::double, max(o.start)::double + ${DAY}
         from outdated o join sources s on s.id = o.source group by o.metric, o.version, s.name)
       order by state = 2, metric, state, version, source`
    ),
  api: {
    access: 'page',
    answer: (found): VersionsAnswer => ({
      versions: found.map(({ source, from, to, ...rest }) => ({
        ...rest,
        ...(source !== undefined && { source }),
        ...(from !== undefined && { from: toMillis(from) }),
        ...(to !== undefined && { to: toMillis(to) })
      }))
    })
  }
})
