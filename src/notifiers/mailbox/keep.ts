import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Notification } from '../../alerts/model.ts'
import { reasonOf } from '../../system/reason.ts'
import type { Mail } from '../mail/mime.ts'
import { MAIL, type StoredMail } from './read.ts'

/** How many mails are kept. */
const MOST = 1000

/**
 * Keeps a mail as a file, and beside it what the page shows of it. A notification has the same file each time: a repeat is no second
 * mail. The oldest ones go. Rejects with an Error that names the folder.
 */
export async function keepMail(folder: string, notification: Notification, mail: Mail): Promise<void> {
  const { subject, text, html, bytes } = mail
  const { created, severity, occasion } = notification
  const name = nameOf(notification)
  const stored: StoredMail = { name, subject, date: created, severity, occasion, text, html }
  try {
    await mkdir(folder, { recursive: true })
    // What belongs to a mail is there before it is.
    await writeWhole(join(folder, `${name}.json`), JSON.stringify(stored))
    await writeWhole(join(folder, `${name}.eml`), bytes)
    await syncFolder(folder)
    await tidy(folder)
  } catch (error) {
    throw new Error(`${folder}: ${reasonOf(error)}`, { cause: error })
  }
}

/** Its time and its id: names are in the order of time. */
function nameOf({ created, id }: Notification): string {
  const time = new Date(created).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  return `${time}-${id.replaceAll(/[^\w-]/g, '_').slice(0, 120)}`
}

/** Under its name a file is whole, whatever happens meanwhile. */
async function writeWhole(path: string, content: string | Buffer): Promise<void> {
  const part = `${path}.part`
  const file = await open(part, 'w', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(part, path)
}

/** So that its new names outlast a loss of power. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder)
  await handle.sync().finally(() => handle.close())
}

async function tidy(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter(file => MAIL.test(file)).toSorted()
  for (const file of names.slice(0, -MOST))
    for (const suffix of ['eml', 'json'])
      await rm(join(folder, file.replace(/eml$/, suffix)), { force: true })
}
