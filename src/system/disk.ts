import { realpathSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemCode } from '../core/errors.ts'
import { formatBytes } from '../core/units.ts'
import { reasonOf } from './reason.ts'

/** A disk by where it is mounted, with its space in bytes. */
export interface DiskSpace {
  readonly mount: string
  readonly free: number
  readonly size: number
}

/** The disk that a folder or file is on; `undefined` where that cannot be known. */
export function diskOf(path: string): DiskSpace | undefined {
  try {
    const { bavail, blocks, bsize } = statfsSync(path)
    return { mount: mountOf(realpathSync(path)), free: bavail * bsize, size: blocks * bsize }
  } catch {
    return undefined
  }
}

/** The highest folder above a path that is on the same device. */
function mountOf(path: string): string {
  const above = dirname(path)
  return above === path || statSync(above).dev !== statSync(path).dev ? path : mountOf(above)
}

/** Whether something could not be written for want of space; databases have only their texts. */
export function isDiskFull(error: unknown): boolean {
  if (['ENOSPC', 'EDQUOT'].includes(systemCode(error) ?? '')) return true
  return error instanceof Error && /no space left on device|disk quota exceeded/i.test(error.message)
}

/** That a folder has no more space, for people: names its disk and what is free there. */
export function diskFullText(folder: string): string {
  const disk = diskOf(folder)
  if (!disk) return `the disk of ${folder} is full`
  return `the disk of ${folder} is full (mount point ${disk.mount}: ${formatBytes(disk.free)} of ${formatBytes(disk.size)} are free)`
}

/** Why something could not be written in a folder, for people. */
export function writeReason(error: unknown, folder: string): string {
  return isDiskFull(error) ? diskFullText(folder) : reasonOf(error)
}
