import type { FormatChoice } from '../../core/format.ts'
import type { Position } from '../../core/source.ts'
import { toMillis } from '../../core/time.ts'
import { oneOfNames, selectAs, textOrNull } from '../sql.ts'
import type { StreamsAnswer } from './answers.ts'
import { sources } from './parameters.ts'
import { question } from './question.ts'

export const streamsQuestion = question({
  summary:
    'Every stream that was ever read (a file, also under the name that rotation gave it; a partition), with the position up to which its lines are counted. `visor sources` makes of it what was read, what waits and what is lost.',
  parameters: z => z.strictObject({ sources: sources(z) }),
  needsLines: false,
  async read({ connection }, { sources }) {
    const ofSources = oneOfNames('source', sources)
    const rows = await selectAs(
      connection,
      {
        source: String,
        name: String,
        position: (text): Position => JSON.parse(String(text)),
        finished: Boolean,
        format: textOrNull,
        updated: Number
      },
      `select source, name, position, finished, format, epoch_us(updated)::double from positions
       where ${ofSources.sql} order by source, updated, stream`,
      ofSources.values
    )
    return rows.map(({ format, ...stream }) => ({
      ...stream,
      ...(format !== null && { format: formatText(format) })
    }))
  },
  api: {
    access: 'socket',
    answer: (found): StreamsAnswer => ({
      streams: found.map(stream => ({ ...stream, updated: toMillis(stream.updated) }))
    })
  }
})

/** The text of a choice of formats, as it is stored. */
function formatText(choice: string): string {
  const { text }: FormatChoice = JSON.parse(choice)
  return text
}
