import { hash } from 'node:crypto'
import { MILLISECOND, toMillis, type Micros } from '../../core/time.ts'
import { windowOf } from '../../core/window.ts'
import { withoutAddresses } from '../../privacy/addresses.ts'
import { blobBytes, oneOfNames, select, whole } from '../sql.ts'
import type { DigestsAnswer } from './answers.ts'
import { filterSql } from './filter.ts'
import { limit, sources, times } from './parameters.ts'
import type { Question, StoreReader } from './question.ts'
import { eachRawLine, findRawLines, type RawLines } from './raw-lines.ts'
import type { Zod } from '../../settings/zod.ts'

/** Bytes of a digest: two lines that differ have the same one among 10^9 lines with a probability of 10^-11. */
export const DIGEST_BYTES = 12

/** Each time the dictionary is gone through; who asks has no time for anything else while so many are printed and digested. */
const LINES_AT_ONCE = 20_000

/** Stands for the bytes of a line, without its end. */
export function lineDigest(line: Uint8Array): Buffer {
  return hash('sha1', line, 'buffer').subarray(0, DIGEST_BYTES)
}

/** Digests of lines, one behind the other: kept as objects they would take ten times as much memory. */
export class LineDigests {
  /** What of a line is digested. */
  readonly #part: (line: Uint8Array) => Uint8Array
  #bytes = Buffer.allocUnsafe(DIGEST_BYTES << 10)
  #length = 0

  /** `anonymous`: of lines without their addresses, so that they are the same once these are hidden. */
  constructor(anonymous = false) {
    this.#part = anonymous ? withoutAddresses : line => line
  }

  add(line: Uint8Array): void {
    if (this.#length === this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], 2 * this.#length)
    lineDigest(this.#part(line)).copy(this.#bytes, this.#length)
    this.#length += DIGEST_BYTES
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }
}

const parameters = (z: Zod) =>
  z.strictObject({
    sources: sources(z),
    ...times(z, 'lines'),
    limit: limit(z, LINES_AT_ONCE),
    rejected: z
      .enum(['true', 'false'], { error: 'must be true or false' })
      .optional()
      .describe('Those of the rejected lines that are kept, of all times, instead.'),
    anonymous: z
      .enum(['true', 'false'], { error: 'must be true or false' })
      .optional()
      .describe(
        'Of lines without the addresses in them, so that it does not matter whether these are hidden.'
      )
  })

interface Stored {
  readonly lines?: RawLines
  readonly rejected: readonly Uint8Array[]
  readonly next: Micros | undefined
  readonly anonymous: boolean
}

export const digestsQuestion: Question<
  ReturnType<typeof parameters>,
  Stored,
  { readonly digests: Uint8Array; readonly next: Micros | undefined },
  DigestsAnswer
> = {
  summary:
    'A digest of each line, the oldest first, so that they can be compared without being sent: the first 12 bytes of the SHA-1 of its bytes without its end, one behind the other as base64. `next` is the time to go on from where there are more than the limit; lines of one millisecond come together.',
  parameters,
  needsLines: true,
  async read(reader, { limit = LINES_AT_ONCE, rejected, anonymous: plain, ...filter }) {
    const anonymous = plain === 'true'
    if (rejected === 'true')
      return { rejected: await keptRejected(reader, filter.sources), next: undefined, anonymous }
    const { sql, values } = await filterSql(reader, filter)
    const [row] = await select(
      reader.connection,
      `select epoch_us(max(time))::double, count(*)::double
       from (select e.time from events e ${sql} order by e.time limit ${whole(limit)})`,
      values
    )
    const [last, found] = [Number(row?.[0] ?? 0), Number(row?.[1] ?? 0)]
    // A whole number of milliseconds, as times are asked for.
    const to = found < limit ? filter.to : windowOf(last, MILLISECOND) + MILLISECOND
    const lines = await findRawLines(reader, { ...filter, to })
    return { lines, rejected: [], next: found < limit ? undefined : to, anonymous }
  },
  finish({ lines, rejected, next, anonymous }, formatFor) {
    const digests = new LineDigests(anonymous)
    for (const line of rejected) digests.add(line)
    if (lines) eachRawLine(lines, formatFor, line => digests.add(line))
    return { digests: digests.bytes(), next }
  },
  api: {
    access: 'socket',
    answer: ({ digests, next }): DigestsAnswer => ({
      digests: Buffer.from(digests).toString('base64'),
      ...(next !== undefined && { next: toMillis(next) })
    })
  }
}

async function keptRejected(
  { connection }: StoreReader,
  sources: readonly string[] | undefined
): Promise<Uint8Array[]> {
  const ofSources = oneOfNames('source', sources)
  const rows = await select(connection, `select line from rejected where ${ofSources.sql}`, ofSources.values)
  return rows.map(([line]) => blobBytes(line))
}
