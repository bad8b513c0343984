import { dirname } from 'node:path'
import { VisorError, type ErrorCode } from '../core/errors.ts'
import { diskFullText, isDiskFull } from '../system/disk.ts'
import { firstLineOf } from './sql.ts'

/** What the database says of files that are not what it wrote. */
const DAMAGED =
  /not a valid DuckDB database|corrupt|checksum|could not read|failed to read|(de)?serializ|replaying WAL|INTERNAL Error/i

/** What the database says of files that a newer one wrote. */
const NEWER = /created with an? (newer|unknown) version|we can only read versions? /i

/** Why the database could not do something with a file, for people, and the code of such errors. */
export function whyFailed(file: string, error: unknown): { readonly code: ErrorCode; readonly why: string } {
  const text = firstLineOf(error)
  if (error instanceof VisorError) return { code: error.code, why: text }
  if (/could not set lock|conflicting lock/i.test(text)) {
    const pid = /\(PID (\d+)\)/.exec(text)?.[1]
    return { code: 'STORE_LOCKED', why: `it is open in ${pid ? `process ${pid}` : 'another process'}` }
  }
  if (isDiskFull(error)) return { code: 'DISK_FULL', why: diskFullText(dirname(file), error) }
  if (NEWER.test(text)) return { code: 'NEWER_FILE', why: `a newer Visor has written it (${text})` }
  if (DAMAGED.test(text)) return { code: 'STORE_DAMAGED', why: `it is damaged (${text})` }
  return { code: 'STORE_BROKEN', why: text }
}

/** The error of something that could not be `done` (opened, read, written) with a store's file. */
export function storeError(file: string, done: string, cause: unknown): VisorError {
  if (cause instanceof VisorError) return cause
  const { code, why } = whyFailed(file, cause)
  if (code === 'STORE_LOCKED')
    return new VisorError(code, `the store ${file} ${why.replace(/^it /, '')}`, { cause })
  return new VisorError(code, `the store ${file} cannot be ${done}: ${why}`, { cause })
}
