import { dirname } from 'node:path'
import { systemCode, VisorError } from '../../core/errors.ts'
import { reasonOf } from '../../system/reason.ts'

/** Says why a file cannot be opened for writing. */
export function unwritable(path: string, cause: unknown): VisorError {
  const reason =
    systemCode(cause) === 'ENOENT' ? `its folder ${dirname(path)} does not exist` : reasonOf(cause)
  return new VisorError('FILE_UNWRITABLE', `cannot write ${path}: ${reason}`, { cause })
}
