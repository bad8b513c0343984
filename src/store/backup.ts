import {
  closeSync,
  createReadStream,
  createWriteStream,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync
} from 'node:fs'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { VisorError } from '../core/errors.ts'
import { isDiskFull, writeReason } from '../system/disk.ts'
import { CHECKPOINT_THRESHOLD, type Database } from './database.ts'
import type { Writer } from './writer.ts'

/** Where the head of a file is, which changes with each checkpoint and with nothing else. */
const HEAD = 12_288

/** How often a copy is begun anew that a checkpoint came between. */
const TURNS = 5

/**
 * Copies a store's database as it is at one moment. What is committed between two checkpoints goes to the log of changes, and into space that
 * the head does not know yet: a copy that no checkpoint came between is the store at the first of them. Commits go on meanwhile.
 * @throws VisorError DISK_FULL, FILE_UNWRITABLE
 */
export async function backup(writer: Writer, to: string): Promise<number> {
  const part = `${to}.part`
  try {
    for (let turn = 0; turn < TURNS; turn++) {
      const file = descriptorOf(writer.database)
      const before = await writer.exclusively(async ({ writer }) => {
        await writer.run('checkpoint')
        await writer.run("set checkpoint_threshold = '1TB'")
        return headOf(file)
      })
      const whole = createReadStream('', { fd: file, start: 0, autoClose: false })
      await pipeline(whole, createWriteStream(part))
      if (!headOf(file).equals(before) || !beginsWith(part, before)) continue
      renameSync(part, to)
      return statSync(to).size
    }
    throw new VisorError('STORE_BROKEN', 'the store changed too often to be copied; try again')
  } catch (cause) {
    if (cause instanceof VisorError) throw cause
    const code = isDiskFull(cause) ? 'DISK_FULL' : 'FILE_UNWRITABLE'
    throw new VisorError(code, `the store cannot be copied to ${to}: ${writeReason(cause, dirname(to))}`, {
      cause
    })
  } finally {
    rmSync(part, { force: true })
    await writer.exclusively(({ writer }) =>
      writer.run(`set checkpoint_threshold = '${CHECKPOINT_THRESHOLD}'`)
    )
  }
}

function headOf(file: number): Buffer {
  const head = Buffer.alloc(HEAD)
  readSync(file, head, 0, HEAD, 0)
  return head
}

function beginsWith(path: string, head: Buffer): boolean {
  const file = openSync(path, 'r')
  try {
    return headOf(file).equals(head)
  } finally {
    closeSync(file)
  }
}

/** Descriptors to read open databases by. */
const descriptors = new WeakMap<Database, number>()

/**
 * A descriptor of a database's file that stays open: closing any of them gives up the locks that this process has on the file (fcntl),
 * and another Visor could open it.
 */
function descriptorOf(database: Database): number {
  const known = descriptors.get(database) ?? openSync(database.file, 'r')
  descriptors.set(database, known)
  return known
}
