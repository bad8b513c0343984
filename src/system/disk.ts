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
  /** Whether no more files can be made, whatever space there is. */
  readonly isOutOfFiles: boolean
}

/** The disk that a folder or file is on; `undefined` where that cannot be known. */
export function diskOf(path: string): DiskSpace | undefined {
  try {
    const { bavail, blocks, bsize, files, ffree } = statfsSync(path)
    return {
      mount: mountOf(realpathSync(path)),
      free: bavail * bsize,
      size: blocks * bsize,
      isOutOfFiles: files > 0 && ffree === 0
    }
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
  return systemCode(error) === 'ENOSPC' || isOverQuota(error) || says(error, /no space left on device/i)
}

function isOverQuota(error: unknown): boolean {
  return systemCode(error) === 'EDQUOT' || says(error, /disk quota exceeded/i)
}

function says(error: unknown, text: RegExp): boolean {
  return error instanceof Error && text.test(error.message)
}

/** That there is no room for more in a folder, for people: names its disk and what is free there. `error` is what said so. */
export function diskFullText(folder: string, error?: unknown): string {
  const disk = diskOf(folder)
  const place = `the disk of ${folder}`
  if (isOverQuota(error))
    return `this user's quota on ${place} is used up${disk ? ` (mount point ${disk.mount})` : ''}`
  if (!disk) return `${place} is full`
  const { mount, free, size, isOutOfFiles } = disk
  const space = `mount point ${mount}: ${formatBytes(free)} of ${formatBytes(size)} are free`
  if (isOutOfFiles) return `${place} can take no more files (${space}, but no inodes: see \`df -i\`)`
  return `${place} is full (${space})`
}

/** Why something could not be written in a folder, for people. */
export function writeReason(error: unknown, folder: string): string {
  return isDiskFull(error) ? diskFullText(folder, error) : reasonOf(error)
}
