/** The scanner: bytes of log lines in, columns out, by the program of a format. */
export { Scanner, type Scan, type ScannerOptions } from './scanner.ts'
export type { KernelDictionary } from './dictionary.ts'
export { explain } from './explain.ts'
export { kernelModule, type KernelModule } from './module.ts'
