import type { Readable } from 'node:stream'
import { VisorError } from '../../core/errors.ts'
import type { Source } from '../../core/source.ts'
import { QueueStream, queueSource } from '../queue.ts'
import { reasonOf } from '../../system/reason.ts'

/**
 * Standard input, or any readable of bytes under the name `name`. There is no replay: what was read and not stored
 * is gone after a crash. `ready` ends when the input does and throws FILE_UNREADABLE when the input fails. Apart from
 * the kind and its options: commands that read whole files load no library of schemas.
 */
export function stdinSource(input: Readable = process.stdin, name = 'stdin'): Source {
  return queueSource(
    new QueueStream(`stdin:${name}`, name),
    input,
    error => new VisorError('FILE_UNREADABLE', `${name} cannot be read: ${reasonOf(error)}`, { cause: error })
  )
}
