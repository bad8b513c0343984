/** The scanner: bytes of log lines in, columns out, by the program of a format. */
export { NO_STATE, Scanner, type Scan, type ScanState } from './scanner.ts'
export type { ScannerOptions } from './slot.ts'
export type { KernelDictionary } from './dictionary.ts'
export type { LinePrinter, Scrub } from './scrub.ts'
export { explain } from './explain.ts'
export { trace, type Trace } from './trace.ts'
export { kernelModule, type KernelModule } from './module.ts'
