import type { ArchiveStore } from '../../kind.ts'
import { SharedWorkers, type WorkersOptions } from '../workers.ts'
import { archivePath, archivePurpose } from './archive.ts'
import { manifestOf } from './manifest.ts'
import { ArchiveSearch } from './search.ts'

/** Opens the archive of a store for questions; Spark is reached with the first. */
export function openSearch(
  spark: Pick<WorkersOptions, 'connect' | 'node'>,
  path: string,
  store: ArchiveStore
): ArchiveSearch {
  const { identity } = store
  const workers = new SharedWorkers({ ...spark, purpose: archivePurpose(identity) })
  return new ArchiveSearch({
    path: archivePath(path, identity),
    manifest: async () => manifestOf(await store.positions()),
    workers: signal => workers.open(signal),
    close: () => workers.close()
  })
}
