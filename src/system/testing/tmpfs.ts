import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A disk of its own in memory, gone when it is disposed of. Only root may make one. */
export class Tmpfs implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'visor-disk-'))

  /** `size` as mount takes it: `5m`; more of its options may follow a comma. */
  constructor(size: string) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', this.path], { stdio: 'pipe' })
  }

  resize(size: string): void {
    execFileSync('mount', ['-o', `remount,size=${size}`, this.path], { stdio: 'pipe' })
  }

  /** Takes all space that is left; gives how to free it. */
  fill(): () => void {
    const path = join(this.path, 'filling')
    try {
      for (;;) appendFileSync(path, Buffer.alloc(4096))
    } catch {
      return () => rmSync(path)
    }
  }

  [Symbol.dispose](): void {
    execFileSync('umount', ['-l', this.path])
    rmdirSync(this.path)
  }
}

/** Whether this user may make such disks here. */
export const mayMount = ((): boolean => {
  try {
    using disk = new Tmpfs('1m')
    return disk.path !== ''
  } catch {
    return false
  }
})()
