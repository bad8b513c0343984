import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { SEVERITIES } from '../../alerts/model.ts'

/** Names of files of mails. */
export const MAIL = /^(?<name>\d{8}T\d{6}Z-[\w-]{1,120})\.eml$/

const stored = z.object({
  name: z.string(),
  subject: z.string(),
  /** Milliseconds since 1970. */
  date: z.number(),
  severity: z.enum(SEVERITIES),
  occasion: z.string(),
  text: z.string(),
  html: z.string()
})

/** A mail of a mailbox. Its HTML is Visor's own, with texts of logs escaped; it wants a frame of its own all the same. */
export type StoredMail = Readonly<z.output<typeof stored>>

/** What a list shows of it. */
export type MailHead = Omit<StoredMail, 'text' | 'html'>

/** The newest mails in a folder, at most `limit`, the newest first; none where there is no folder. */
export async function listMails(folder: string, limit: number): Promise<MailHead[]> {
  const files = await readdir(folder).catch(() => [])
  const names = files.flatMap(file => MAIL.exec(file)?.groups?.['name'] ?? [])
  const newest = names.toSorted().toReversed().slice(0, limit)
  const mails = await Promise.all(newest.map(name => readMail(folder, name)))
  return mails.flatMap(mail => (mail ? [headOf(mail)] : []))
}

/** A mail by its name; `undefined` where there is none, whatever the name is. */
export async function readMail(folder: string, name: string): Promise<StoredMail | undefined> {
  if (!MAIL.test(`${name}.eml`)) return undefined
  try {
    const text = await readFile(join(folder, `${name}.json`), 'utf8')
    return stored.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

function headOf({ text: _text, html: _html, ...head }: StoredMail): MailHead {
  return head
}
