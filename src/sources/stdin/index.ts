import type { Readable } from 'node:stream'
import * as z from 'zod'
import { systemCode, VisorError } from '../../core/errors.ts'
import type { Source } from '../../core/source.ts'
import { sourceKind } from '../kind.ts'
import { QueueStream, queueSource } from '../queue.ts'

/** Standard input: for lines that another program hands over. */
export const stdinKind = sourceKind({
  name: 'stdin',
  summary: 'standard input',
  example: {},
  options: z.strictObject({}),
  reads: () => 'standard input',
  readsStdin: () => true,
  targets: ['-'],
  take: target => (target === '-' ? {} : undefined),
  open: () => stdinSource()
})

/**
 * Standard input, or any readable of bytes under the name `name`. There is no replay: what was read and not stored
 * is gone after a crash. `ready` ends when the input does and throws FILE_UNREADABLE when the input fails.
 */
export function stdinSource(input: Readable = process.stdin, name = 'stdin'): Source {
  return queueSource(
    new QueueStream(`stdin:${name}`, name),
    input,
    error =>
      new VisorError('FILE_UNREADABLE', `${name} cannot be read: ${systemCode(error) ?? String(error)}.`)
  )
}
