import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { diskFullText, diskOf, isDiskFull, writeReason } from './disk.ts'
import { mayMount, Tmpfs } from './testing/tmpfs.ts'

describe('a full disk', () => {
  it.each([
    [Object.assign(new Error('x'), { code: 'ENOSPC' }), true],
    [Object.assign(new Error('x'), { code: 'EDQUOT' }), true],
    [new Error('Could not write file "a.wal": No space left on device'), true],
    [Object.assign(new Error('x'), { code: 'EACCES' }), false],
    ['no space left on device', false]
  ])('%o: %j', (error, full) => expect(isDiskFull(error)).toBe(full))

  it('is nothing that is known of a place that is not there', () => {
    expect(diskOf('/nowhere/at/all')).toBeUndefined()
    expect(diskFullText('/nowhere/at/all')).toBe('the disk of /nowhere/at/all is full')
  })

  it.skipIf(!mayMount)('is named with its mount point and what is free', () => {
    using disk = new Tmpfs('2m')
    const free = disk.fill()
    const error = ((): unknown => {
      try {
        return writeFileSync(join(disk.path, 'more'), 'x'.repeat(10_000))
      } catch (error) {
        return error
      }
    })()
    expect(writeReason(error, disk.path)).toBe(
      `the disk of ${disk.path} is full (mount point ${disk.path}: 0 B of 2.1 MB are free)`
    )
    const quota = new Error('Could not write file "x": Disk quota exceeded')
    expect(writeReason(quota, disk.path)).toBe(
      `this user's quota on the disk of ${disk.path} is used up (mount point ${disk.path})`
    )
    free()
    expect(diskOf(disk.path)?.free).toBeGreaterThan(1e6)
  })

  it.skipIf(!mayMount)('that has space, but can take no more files, is told as that', () => {
    using disk = new Tmpfs('2m,nr_inodes=2')
    writeFileSync(join(disk.path, 'a'), '')
    expect(diskFullText(disk.path)).toBe(
      `the disk of ${disk.path} can take no more files (mount point ${disk.path}: 2.1 MB of 2.1 MB are free, but no inodes: see \`df -i\`)`
    )
  })
})
