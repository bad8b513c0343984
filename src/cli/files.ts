import { appendFileSync, writeFileSync } from 'node:fs'
import { systemCode, VisorError } from '../core/errors.ts'

/** Writes a file anew. Throws FILE_UNWRITABLE. */
export function writeText(file: string, text: string): void {
  trying(file, () => writeFileSync(file, text))
}

/** Makes sure that a file can be appended to, so that a mistake shows at once and not after hours. Throws FILE_UNWRITABLE. */
export function checkAppend(file: string): void {
  trying(file, () => appendFileSync(file, ''))
}

function trying(file: string, write: () => void): void {
  try {
    write()
  } catch (cause) {
    throw new VisorError('FILE_UNWRITABLE', `cannot write ${file}: ${systemCode(cause) ?? String(cause)}`, {
      cause
    })
  }
}
