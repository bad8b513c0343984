import * as z from 'zod'
import { SECOND_MS } from '../../core/time.ts'
import { engineKind } from '../kind.ts'

/** What a user can set for the embedded engine. */
const embeddedOptions = z.strictObject({
  threads: z
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe(
      'How many threads read; at most one for each source. One less than there are cores when absent.'
    )
})

/** Reads in threads of Visor's own process. */
export const embeddedKind = engineKind({
  name: 'embedded',
  summary: 'reads in threads of this process, and keeps every line',
  example: { threads: 2 },
  options: embeddedOptions,
  keeps: () => ({ lines: true }),
  delay: () => 2 * SECOND_MS,
  async start({ threads }, plan, sink, events) {
    const { startEmbedded } = await import('./engine.ts')
    return startEmbedded(plan, threads, sink, events)
  }
})
