export { openStore } from './store.ts'
export { storeSink } from './sink.ts'
export type { Store, StoredPosition, StoreOptions, StoreStats, RollupQuery } from './types.ts'
export type { CommitInfo } from './writer.ts'
