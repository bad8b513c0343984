import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** An empty folder for the test that asks, and for this try of it: gone once that is over, and what was started later has ended. */
export function ownFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `visor-${name}-`))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
