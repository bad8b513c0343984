import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemCode, VisorError } from '../core/errors.ts'
import { writeReason } from './disk.ts'
import { reasonOf } from './reason.ts'

/**
 * Why a file cannot be opened or read, for the user; what to do is known of the cause. `name` is the file as it should be called.
 * VisorError FILE_MISSING where it is not there, else FILE_UNREADABLE.
 */
export function unreadable(name: string, cause: unknown): VisorError {
  if (systemCode(cause) === 'ENOENT')
    return new VisorError('FILE_MISSING', `${name} does not exist`, { cause })
  return new VisorError('FILE_UNREADABLE', `${name} cannot be opened: ${reasonOf(cause)}`, { cause })
}

/** Why a file cannot be written, for the user; what to do is known of the cause. */
export function unwritable(path: string, cause: unknown): VisorError {
  const missing = systemCode(cause) === 'ENOENT'
  const noFolder = missing && !existsSync(dirname(path))
  const reason = noFolder ? `its folder ${dirname(path)} does not exist` : writeReason(cause, dirname(path))
  const remedy = noFolder
    ? 'Make that folder first, or name another place.'
    : missing
      ? 'No file can be made there: name another place.'
      : undefined
  return new VisorError('FILE_UNWRITABLE', `cannot write ${path}: ${reason}`, { cause, remedy })
}
