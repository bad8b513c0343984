import { existsSync, realpathSync } from 'node:fs'
import { basename } from 'node:path'
import type { Config } from '../config/schema.ts'
import { MAIL_FOLDER } from '../notifiers/mailbox/files.ts'
import { CONTROL_FOLDER } from '../server/control.ts'
import { statePath } from '../state/index.ts'
import { storePath } from '../store/index.ts'
import { giveContentToOwner, makeContentPrivate, shareFiles } from '../system/private.ts'

/** What Visor has in the folder of a store; more may follow these names: `.wal`, `-shm`, `.damaged-…`. */
const OWN = [basename(storePath('')), basename(statePath('')), MAIL_FOLDER, CONTROL_FOLDER]

/**
 * Makes what this process writes readable by the configured group, where there is one, and what an older Visor has left in the store's
 * folder private. To be called before anything there is opened. @throws VisorError CONFIG for a group that cannot be given files
 */
export function protectFiles({ group, store }: Config): void {
  const problem = group === undefined ? undefined : shareFiles(group)
  if (problem) throw problem
  if (existsSync(store.path)) makeContentPrivate(realpathSync(store.path), OWN)
}

/** What root has made in the folder of another user's store becomes that user's; to be called once all there is closed. */
export function giveToOwner(folder: string): void {
  if (existsSync(folder)) giveContentToOwner(realpathSync(folder), OWN)
}
