import { toMillis } from '../../core/time.ts'
import { extentsOf, type Extent } from '../extents.ts'
import { select } from '../sql.ts'
import type { ExtentAnswer } from './answers.ts'
import { sources } from './parameters.ts'
import { question } from './question.ts'

export const extentQuestion = question({
  summary: 'When the oldest and the newest line were, also where the lines themselves are not kept.',
  parameters: z => z.strictObject({ sources: sources(z) }),
  needsLines: false,
  async read({ connection }, { sources }): Promise<Extent | undefined> {
    const extents = await extentsOf(connection)
    const names = await select(connection, 'select id, name from sources')
    const found = names.flatMap(([id, name]) =>
      sources?.includes(String(name)) === false ? [] : (extents.get(Number(id)) ?? [])
    )
    if (found.length === 0) return undefined
    return {
      first: Math.min(...found.map(({ first }) => first)),
      last: Math.max(...found.map(({ last }) => last))
    }
  },
  api: {
    access: 'page',
    answer: answeredExtent
  }
})

/** An extent as the API has it. */
export function answeredExtent(extent: Extent | undefined): ExtentAnswer {
  return extent ? { extent: { first: toMillis(extent.first), last: toMillis(extent.last) } } : {}
}
