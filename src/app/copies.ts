import { existsSync, readdirSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { VisorError } from '../core/errors.ts'
import { MAIL_FOLDER } from '../notifiers/mailbox/files.ts'
import type { Copies } from '../server/control-routes.ts'
import { copyState, statePath } from '../state/index.ts'
import { storePath, type Store } from '../store/index.ts'
import { unwritable } from '../system/refused.ts'

const [STORE, STATE] = [basename(storePath('')), basename(statePath(''))]

/** The files of a backup of an open store: its database first, alerts and what belongs to them, mails. */
export function copiesOf(folder: string, store: Pick<Store, 'backup'>): Copies {
  const names = (): string[] => [STORE, ...(existsSync(statePath(folder)) ? [STATE] : []), ...mailsIn(folder)]
  return {
    names,
    async copy(name, to) {
      if (!names().includes(name)) throw new VisorError('INTERNAL', `a backup has no file ${name}`)
      if (name === STORE) await store.backup(to)
      else if (name === STATE) await copyState(statePath(folder), to)
      else
        await copyFile(join(folder, name), to).catch((cause: unknown) => {
          throw unwritable(to, cause)
        })
    }
  }
}

function mailsIn(folder: string): string[] {
  const mails = join(folder, MAIL_FOLDER)
  return existsSync(mails) ? readdirSync(mails).map(name => join(MAIL_FOLDER, name)) : []
}
