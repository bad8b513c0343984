export { inspectBulk, openBulk, splitRanges, type BulkFile, type Range } from './bulk/index.ts'
export { fileOptions, type FileOptions } from './file/options.ts'
export { fileSource, type KnownStream } from './file/source.ts'
export { stdinSource } from './stdin/index.ts'
