import { open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { SEVERITIES, type Notification } from '../../alerts/model.ts'
import { makeFolder } from '../../system/folders.ts'
import { writeReason } from '../../system/disk.ts'
import { fileMode } from '../../system/private.ts'
import type { ComposedMail } from '../mail/print.ts'

/** The folder of mailboxes within that of the store. */
export const MAIL_FOLDER = 'mail'

const MAX_MAILS = 1000

/** Names of files of mails. */
const MAIL_FILE = /^(?<name>\d{8}T\d{6}Z-[\w-]{1,120})\.eml$/

const stored = z.object({
  name: z.string(),
  subject: z.string(),
  /** Milliseconds since 1970. */
  date: z.number(),
  severity: z.enum(SEVERITIES),
  occasion: z.string(),
  text: z.string(),
  html: z.string().optional()
})

/** A mail of a mailbox. Its HTML is Visor's own, with texts of logs escaped; it wants a frame of its own all the same. */
export type StoredMail = Readonly<z.output<typeof stored>>

/** What a list shows of it. */
export type StoredMailHead = Omit<StoredMail, 'text' | 'html'>

/** The newest mails in a folder, at most `limit`, the newest first; none where there is no folder. */
export async function listMails(folder: string, limit: number): Promise<StoredMailHead[]> {
  const files = await readdir(folder).catch(() => [])
  const names = files.flatMap(file => MAIL_FILE.exec(file)?.groups?.['name'] ?? [])
  const newest = names.toSorted().toReversed().slice(0, limit)
  const mails = await Promise.all(newest.map(name => readMail(folder, name)))
  return mails.flatMap(mail => (mail ? [headOf(mail)] : []))
}

/** A mail by its name; `undefined` where there is none, whatever the name is. */
export async function readMail(folder: string, name: string): Promise<StoredMail | undefined> {
  if (!MAIL_FILE.test(`${name}.eml`)) return undefined
  try {
    const text = await readFile(join(folder, `${name}.json`), 'utf8')
    return stored.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

function headOf({ text: _text, html: _html, ...head }: StoredMail): StoredMailHead {
  return head
}

/**
 * Keeps a mail as a file, and beside it what the page shows of it. A notification has the same file each time: a repeat is no second
 * mail. The oldest ones go. Rejects with an Error that names the folder.
 */
export async function keepMail(
  folder: string,
  notification: Notification,
  mail: ComposedMail
): Promise<void> {
  const { subject, text, html, bytes } = mail
  const { created, severity, occasion } = notification
  const name = nameOf(notification)
  const stored: StoredMail = { name, subject, date: created, severity, occasion, text, html }
  try {
    makeFolder(folder)
    // What belongs to a mail is there before it is.
    await writeWhole(join(folder, `${name}.json`), JSON.stringify(stored))
    await writeWhole(join(folder, `${name}.eml`), bytes)
    await syncFolder(folder)
    await tidy(folder)
  } catch (error) {
    throw new Error(`${folder}: ${writeReason(error, folder)}`, { cause: error })
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
  const file = await open(part, 'w', fileMode())
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
  const names = (await readdir(folder)).filter(file => MAIL_FILE.test(file)).toSorted()
  for (const file of names.slice(0, -MAX_MAILS))
    for (const suffix of ['eml', 'json'])
      await rm(join(folder, file.replace(/eml$/, suffix)), { force: true })
}
