import { execFile } from 'node:child_process'
import { resolve } from 'node:path'

/** What write.ts prints when it has ended. */
export interface WriteResult {
  readonly written: number
  readonly name?: string
  readonly message?: string
}

const SCRIPT = resolve('src/sinks/testing/write.ts')

/** Runs a line of bash in which `write` stands for `node write.ts`; returns what came out and what `write` printed. */
export async function shell(line: string): Promise<{ out: string; result: WriteResult; exit: number }> {
  const script = `set -o pipefail; write() { exec "${process.execPath}" "${SCRIPT}" "$@"; }; ${line}`
  return new Promise((done, fail) => {
    execFile('bash', ['-c', script], (error, out, err) => {
      const printed = /\{.*\}$/s.exec(err)?.[0]
      if (printed === undefined) fail(new Error(`write printed nothing: ${err}`))
      else done({ out, result: JSON.parse(printed), exit: typeof error?.code === 'number' ? error.code : 0 })
    })
  })
}
