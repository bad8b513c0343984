import { DatabaseSync } from 'node:sqlite'
import type { Millis } from '../core/time.ts'
import { pause } from '../system/abort.ts'

const AGAIN: Millis = 100
/** SQLite's code for what somebody else keeps locked. */
const BUSY = 5

/**
 * Runs `act` while nobody else who names the same file does, in this process or another. The lock of a process that ended, in
 * whatever way, is free: the operating system takes it back. `waiting` is called once when somebody else is at it.
 */
export async function withLock<T>(
  file: string,
  { signal, waiting = () => {} }: { readonly signal: AbortSignal; readonly waiting?: () => void },
  act: () => Promise<T>
): Promise<T> {
  const lock = new DatabaseSync(file)
  try {
    let taken = isTaken(lock)
    if (!taken) waiting()
    for (; !taken; taken = isTaken(lock)) await pause(AGAIN, signal)
    return await act()
  } finally {
    lock.close()
  }
}

/** Whether it is ours now. */
function isTaken(lock: DatabaseSync): boolean {
  try {
    lock.exec('begin exclusive')
    return true
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) return false
    throw error
  }
}
