import * as z from 'zod'
import { incidentKind, when } from './kind.ts'

/** Nothing is written at all. */
export const silence = incidentKind({
  name: 'silence',
  options: z
    .strictObject({ type: z.literal('silence'), ...when })
    .describe('The logs fall silent: no line of anybody is written, no heartbeat either.'),
  example: { type: 'silence', at: '2m', for: '1m' },
  begin: () => ({ factor: 0, query: '' })
})
