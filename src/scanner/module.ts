import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { systemCode, VisorError } from '../core/errors.ts'

/** As much of the WebAssembly interface as is used here; the type library has it for browsers only. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => KernelModule
  Instance: new (module: KernelModule) => { readonly exports: Kernel }
}

/** A compiled kernel; it can be posted to worker threads. */
export type KernelModule = object

/**
 * What src/scanner/kernel/index.ts exports, where it is documented. Addresses are byte offsets in `memory`.
 */
export interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer }
  open(maxLine: number, rows: number, rejects: number, steps: number, slots: number, seed: bigint): void
  buffer(size: number): number
  allocateBlock(size: number): number
  releaseBlock(block: number, size: number): void
  addColumn(text: boolean): number
  columnValues(column: number): number
  columnDictionary(column: number): number
  mute(column: number): void
  addStep(
    index: number,
    kind: number,
    mode: number,
    text: number,
    length: number,
    skip: number,
    scale: number,
    timeField: number,
    detail: number,
    inner: number,
    a: number,
    b: number,
    c: number,
    d: number,
    e: number
  ): void
  addSlot(lineFlags: number, timed: boolean, endColumn: number, details: number): void
  addOpening(byte: number): void
  setAlones(texts: number): void
  setDirectivePrefix(text: number, length: number): void
  scan(from: number, to: number, final: boolean, settled: boolean): number
  rows(slot: number): number
  rejected(): number
  full(): number
  held(): number
  directiveStart(): number
  directiveLength(): number
  skipping(): number
  setSkipping(value: boolean): void
  times(slot: number): number
  zones(slot: number): number
  starts(slot: number): number
  lengths(slot: number): number
  flags(slot: number): number
  rejections(): number
  dictionarySize(dictionary: number): number
  dictionaryBytes(dictionary: number): number
  valueStart(dictionary: number, code: number): number
  valueLength(dictionary: number, code: number): number
  rotate(dictionary: number, keep: number, count: number): void
}

let compiled: KernelModule | undefined

/** The kernel, compiled once per process. @throws VisorError INTERNAL when it was not built, the system's error when it cannot be read */
export function kernelModule(): KernelModule {
  if (compiled) return compiled
  const file = new URL('../../dist/scanner/kernel.wasm', import.meta.url)
  try {
    compiled = new WebAssembly.Module(readFileSync(file))
    return compiled
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
    throw new VisorError(
      'INTERNAL',
      `the scanner's kernel is not built: there is no ${fileURLToPath(file)}`,
      {
        cause: error,
        remedy: 'Run `npm run build` where Visor is, or install it anew.'
      }
    )
  }
}

/** A kernel with memory of its own. */
export function instantiate(module: KernelModule): Kernel {
  return new WebAssembly.Instance(module).exports
}
