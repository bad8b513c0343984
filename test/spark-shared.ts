import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Guard } from '../src/local/process.ts'

/** Names the folder of the Spark that the tests of a run share, in all of its processes. */
export const SHARED = 'VISOR_TEST_SPARK'

/** The Spark that a test of this run has started by its end, if any, ends with it: in order, or with this process. */
export function setup(): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'visor-spark-'))
  process.env[SHARED] = folder
  const guard = new Guard(folder)
  return () => guard.release()
}
