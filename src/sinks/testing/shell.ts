import { execFile } from 'node:child_process'
import { resolve } from 'node:path'

/** What write.ts tells when it has ended. */
export interface Told {
  readonly written: number
  readonly name?: string
  readonly message?: string
}

const SCRIPT = resolve('src/sinks/testing/write.ts')

/** Runs a line of bash in which `write` stands for `node write.ts`; returns what came out and what `write` told. */
export async function shell(line: string): Promise<{ out: string; told: Told; exit: number }> {
  const script = `set -o pipefail; write() { exec "${process.execPath}" "${SCRIPT}" "$@"; }; ${line}`
  return new Promise((done, fail) => {
    execFile('bash', ['-c', script], (error, out, err) => {
      const told = /\{.*\}$/s.exec(err)?.[0]
      if (told === undefined) fail(new Error(`write told nothing: ${err}`))
      else done({ out, told: JSON.parse(told), exit: typeof error?.code === 'number' ? error.code : 0 })
    })
  })
}
