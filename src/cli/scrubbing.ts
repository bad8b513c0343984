import type { ScrubSettings } from '../privacy/settings.ts'
import type { Environment } from '../system/folders.ts'
import { negation } from './options.ts'

/** Whether secrets are masked, the same wherever lines of files are read. */
export const scrubOption = negation(
  '--no-scrub',
  'show secrets as they are; they are masked as the configuration says (docs/privacy.md)'
)

/** What is masked in files that a command reads: as configured, where there is a configuration. @throws VisorError CONFIG */
export async function scrubFor(
  { scrub, config: named }: { readonly scrub: boolean; readonly config?: string },
  env: Environment
): Promise<ScrubSettings> {
  if (!scrub) return false
  const { findConfig } = await import('../config/find.ts')
  if (named === undefined && findConfig(env).found === undefined) return true
  const { loadConfig } = await import('../config/load.ts')
  return loadConfig(env, named).config.privacy.scrub
}
