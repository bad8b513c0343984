import { unwatchFile, watchFile } from 'node:fs'
import type { App } from '../../app/index.ts'
import { knownError } from '../../core/errors.ts'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import type { Context } from '../context.ts'

/** How often it is looked whether the configuration has changed. */
const LOOK: Millis = SECOND_MS

/** Where a configuration comes from, and whether it is taken anew when that changes. */
interface Origin {
  readonly file: string | undefined
  readonly isFollowed: boolean
}

/** Has a running Visor take its configuration anew on SIGHUP and, where that is wished, whenever the file changes. */
export function followConfiguration(
  app: App,
  { file, isFollowed }: Origin,
  { onHangup, signal }: Pick<Context, 'onHangup' | 'signal'>
): void {
  const reload = async (from: string): Promise<void> => {
    try {
      await app.reload(from)
    } catch (error) {
      // That it is refused, and why, is among the problems of the status.
      if (!knownError(error)) throw error
    }
  }
  onHangup?.(() => void reload('SIGHUP'))
  if (!isFollowed || file === undefined) return
  const changed = (): void => void reload(file)
  watchFile(file, { interval: LOOK, persistent: false }, changed)
  signal.addEventListener('abort', () => unwatchFile(file, changed))
}

/** What has come of it, for people. */
export function reloadedText({ changed }: Awaited<ReturnType<App['reload']>>): string {
  return changed.length === 0
    ? 'the configuration is as it was'
    : `the new configuration is in effect: ${changed.join(', ')}`
}
