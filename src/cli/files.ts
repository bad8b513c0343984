import { randomUUID } from 'node:crypto'
import {
  accessSync,
  appendFileSync,
  constants,
  fsyncSync,
  closeSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { dirname } from 'node:path'
import { fileMode } from '../system/private.ts'
import { unwritable } from '../system/refused.ts'

/** Writes a file anew. Throws FILE_UNWRITABLE. */
export function writeText(file: string, text: string): void {
  trying(file, () => writeFileSync(file, text))
}

/**
 * Writes a file that only its owner may read, all of it or nothing: what is there stays until the new text is on the disk.
 * Throws FILE_UNWRITABLE.
 */
export function writePrivate(file: string, text: string): void {
  trying(file, () => {
    const standing = statSync(file, { throwIfNoEntry: false })
    // A pipe or a device cannot be replaced.
    if (standing && !standing.isFile()) return writeFileSync(file, text)
    const target = standing ? realpathSync(file) : file
    const part = `${target}.${randomUUID()}.part`
    try {
      const descriptor = openSync(part, 'wx', fileMode())
      try {
        writeFileSync(descriptor, text)
        fsyncSync(descriptor)
      } finally {
        closeSync(descriptor)
      }
      renameSync(part, target)
    } finally {
      rmSync(part, { force: true })
    }
  })
}

/** Makes sure that `writePrivate` can write a file, and writes nothing. Throws FILE_UNWRITABLE. */
export function checkWritable(file: string): void {
  trying(file, () => {
    const standing = statSync(file, { throwIfNoEntry: false })
    if (standing?.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' })
    const inPlace = standing && !standing.isFile()
    accessSync(inPlace ? file : dirname(standing ? realpathSync(file) : file), constants.W_OK)
  })
}

/** Makes sure that a file can be appended to, so that a mistake shows at once and not after hours. Throws FILE_UNWRITABLE. */
export function checkAppend(file: string): void {
  trying(file, () => appendFileSync(file, ''))
}

function trying(file: string, write: () => void): void {
  try {
    write()
  } catch (cause) {
    throw unwritable(file, cause)
  }
}
