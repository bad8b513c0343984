import { toMillis } from '../../core/time.ts'
import { extentOf, type Extent } from '../extents.ts'
import type { ExtentAnswer } from './answers.ts'
import { sources } from './parameters.ts'
import { question } from './question.ts'

export const extentQuestion = question({
  summary: 'When the oldest and the newest line were, also where the lines themselves are not kept.',
  parameters: z => z.strictObject({ sources: sources(z) }),
  needsLines: false,
  read: ({ connection }, { sources }) => extentOf(connection, sources),
  api: {
    access: 'page',
    answer: answeredExtent
  }
})

/** An extent as the API has it. */
export function answeredExtent(extent: Extent | undefined): ExtentAnswer {
  return extent ? { extent: { first: toMillis(extent.first), last: toMillis(extent.last) } } : {}
}
