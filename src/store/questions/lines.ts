import { Flag } from '../../core/batch.ts'
import { toMillis, type Micros } from '../../core/time.ts'
import type { LineAnswer, LinesAnswer } from './answers.ts'
import { eachOnce, findEvents, lineOfEvent, type StoredEvent } from './events.ts'
import { answeredExtent } from './extent.ts'
import { limit, lineFilter } from './parameters.ts'
import type { Zod } from '../../settings/zod.ts'
import { shownValue, type FormatFor, type Question } from './question.ts'

/** A line found in the store. */
interface StoredLine {
  readonly time: Micros
  readonly source: string
  /** The line byte for byte as it was read, without its end. */
  readonly line: Uint8Array
  /** How the line ended: `''` where the input ended without one. */
  readonly end: '\n' | '\r\n' | ''
  /** Decoded texts and numbers; absent fields are left out. */
  readonly fields: ReadonlyMap<string, string | number>
}

const parameters = (z: Zod) => z.strictObject({ ...lineFilter(z), limit: limit(z, 100) })

export const linesQuestion: Question<
  ReturnType<typeof parameters>,
  readonly StoredEvent[],
  StoredLine[],
  LinesAnswer
> = {
  summary:
    'The newest lines that pass a query, oldest first, with their fields. Where there are none, `extent` shows when lines are.',
  parameters,
  needsLines: true,
  read: (reader, { limit = 100, ...filter }) => findEvents(reader, filter, limit),
  finish(events, formatFor) {
    const formatOf = eachOnce(formatFor)
    return events.map(event => lineOf(event, formatOf))
  },
  api: {
    access: 'page',
    async answer(found, _parameters, store) {
      const lines = found.map(answered).toReversed()
      return lines.length > 0 ? { lines } : { lines, ...answeredExtent(await store.extent()) }
    }
  }
}

/** An event as the line that it was made of. */
function lineOf(event: StoredEvent, formatFor: FormatFor): StoredLine {
  const { time, source, flags } = event
  const line = lineOfEvent(event, formatFor)
  const fields = new Map(
    Array.from(event.fields, ([name, value]) => [name, typeof value === 'object' ? value.text : value])
  )
  const end = flags & Flag.unterminated ? '' : flags & Flag.carriageReturn ? '\r\n' : '\n'
  return { time, source, line, end, fields }
}

const decoder = new TextDecoder()

function answered({ time, source, line, fields }: StoredLine): LineAnswer {
  const shown = Array.from(fields, ([name, value]) => [name, shownValue(name, value)])
  return { time: toMillis(time), source, text: decoder.decode(line), fields: Object.fromEntries(shown) }
}
