import * as z from 'zod'
import { parseDuration } from '../../core/duration.ts'
import { wholeNumberSetting } from '../number.ts'

/** When a file is full: so many lines or bytes, or milliseconds after it was begun. */
export interface RotationLimit {
  readonly unit: 'lines' | 'bytes' | 'ms'
  readonly amount: number
}

const LIMIT = /^(?<digits>\d{1,12})(?<size>(?:(?<scale>[KMG])(?<binary>i?))?B)?$/i

/** Reads `100000` (lines), `512KB`, `10MB` or `1GiB` (KB is 1000 bytes, KiB 1024), or a duration such as `1h`. */
export function parseRotationLimit(text: string): RotationLimit | undefined {
  const ms = parseDuration(text)
  const { digits = '', size, scale, binary } = LIMIT.exec(text)?.groups ?? {}
  const power = scale === undefined ? 0 : 1 + 'KMG'.indexOf(scale.toUpperCase())
  const unit = ms !== undefined ? 'ms' : size === undefined ? 'lines' : 'bytes'
  const amount = ms ?? Number(digits) * (binary ? 1024 : 1000) ** power
  return amount > 0 ? { unit, amount } : undefined
}

const limit = z.coerce.string().transform((text, context): RotationLimit => {
  const limit = parseRotationLimit(text)
  if (limit) return limit
  context.addIssue('expected lines such as 100000, a size such as 512KB or 10MB, or a duration such as 1h')
  return z.NEVER
})

/** What a user can set for a file that lines are written to. */
export const fileSinkOptions = z
  .strictObject({
    path: z
      .string('expected a path')
      .min(1, 'expected a path')
      .describe('The file: lines are appended, and it is created when it is not there. Its folder must be.'),
    rotate: z
      .enum(['rename', 'copytruncate', 'gzip'])
      .optional()
      .describe(
        'How a full file is put aside as PATH.1: renamed; copied, and then emptied in place; or renamed and compressed to PATH.1.gz.'
      ),
    every: limit
      .optional()
      .describe('When a file is full: lines (100000), a size (512KB, 10MB) or a duration (1h).'),
    keep: wholeNumberSetting(1, 100_000).default(5).describe('How many files that were put aside stay.')
  })
  .superRefine(({ rotate, every }, context) => {
    if ((rotate === undefined) === (every === undefined)) return
    const [path, message] =
      every === undefined
        ? ['every', 'expected with rotate: lines (100000), a size (10MB) or a duration (1h)']
        : ['rotate', 'expected with every: rename, copytruncate or gzip']
    context.addIssue({ code: 'custom', path: [path], message })
  })

export type FileSinkOptions = z.output<typeof fileSinkOptions>
