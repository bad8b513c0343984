import { fstatSync, readlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { Writable } from 'node:stream'
import { systemCode } from '../core/errors.ts'
import { LogFile } from '../sinks/file/log.ts'
import { diskOf, isDiskFull, writeReason } from '../system/disk.ts'
import { reasonOf } from '../system/reason.ts'
import type { Context, Output } from './context.ts'

/** Bytes that are room enough for what is printed. */
const MUCH = 1 << 16

/**
 * Runs a command whose work is not what it prints: that goes on when nothing can be printed, on a full disk or a terminal that is
 * gone. Only a reader who leaves (`visor watch | head`) ends it, in order and quietly. `prints` of the context says what is wrong.
 */
export async function printingBeside(
  context: Context,
  work: (context: Context, prints: () => string[]) => Promise<void>
): Promise<void> {
  const { stdout, stderr, signal } = context
  const left = new AbortController()
  // One of standard output ends the process.
  for (const output of [stdout, stderr]) output.removeAllListeners('error')
  stdout.on('error', error => void (systemCode(error) === 'EPIPE' && left.abort('EPIPE')))
  stderr.on('error', () => {})
  const printers = {
    stdout: printerOf(stdout, 'standard output'),
    stderr: printerOf(stderr, 'standard error')
  }
  const beside = { ...context, ...printers, signal: AbortSignal.any([signal, left.signal]) }
  const prints = (): string[] =>
    Object.values(printers).flatMap(printer =>
      printer instanceof FilePrinter ? (printer.problem ?? []) : []
    )
  try {
    await work(beside, prints)
  } finally {
    context.exitCode = beside.exitCode
    for (const printer of Object.values(printers))
      if (printer instanceof FilePrinter) await new Promise<void>(done => printer.end(done))
  }
}

/** An output as one that goes on after errors. */
function printerOf(output: Output, name: string): Output {
  const fd = 'fd' in output && typeof output.fd === 'number' ? output.fd : undefined
  if (fd === undefined || output.isTTY) return output
  const facts = fstatSync(fd)
  return facts.isFIFO() || facts.isSocket() ? output : new FilePrinter(fd, name)
}

/** An output that leads to a file: Node's own stream writes no more after the first error. What cannot be written is left out. */
export class FilePrinter extends Writable {
  readonly #fd: number
  readonly #name: string
  readonly #log: LogFile
  #problem: { readonly text: string; readonly isOver: () => boolean } | undefined

  constructor(fd: number, name: string) {
    super()
    this.#fd = fd
    this.#name = name
    this.#log = new LogFile(fd, true)
  }

  /** Why nothing can be written at the moment, for people; `undefined` where it can. */
  get problem(): string | undefined {
    // Perhaps nothing is to be written for long.
    if (this.#problem?.isOver()) this.#problem = undefined
    return this.#problem?.text
  }

  override _write(bytes: Uint8Array, _encoding: BufferEncoding, done: () => void): void {
    void this.#log.append(bytes, 0).then(({ problem }) => {
      this.#problem = problem === undefined ? undefined : this.#met(problem)
      done()
    })
  }

  #met(problem: unknown) {
    const folder = this.#folder()
    const reason = folder === undefined ? reasonOf(problem) : writeReason(problem, folder)
    const text = `${this.#name} cannot be written, and misses what comes now: ${reason}`
    const isOver = (): boolean =>
      folder !== undefined && isDiskFull(problem) && (diskOf(folder)?.free ?? 0) > MUCH
    return { text, isOver }
  }

  /** Of the file; `undefined` where it is none, or that cannot be known. */
  #folder(): string | undefined {
    try {
      return fstatSync(this.#fd).isFile() ? dirname(readlinkSync(`/proc/self/fd/${this.#fd}`)) : undefined
    } catch {
      return undefined
    }
  }
}
