import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { MAIL_FOLDER } from '../notifiers/mailbox/files.ts'
import { isAddress, mentions } from '../privacy/mentions.ts'
import { parseQuery } from '../query/index.ts'
import type { StateStore } from '../state/index.ts'
import type { Forgotten, Store } from '../store/index.ts'

/** What stands in the state for what was forgotten. */
const FORGOTTEN = '(forgotten)'

/** What is forgotten, or would be: how many of each. */
export interface ForgottenCounts extends Omit<Forgotten, 'names'> {
  /** Alerts, lines of history, reports and what waits to be sent, in which names stood. */
  readonly state: number
  /** Mails in mailboxes beside the store, which are deleted. */
  readonly mails: number
}

/**
 * Forgets an address, or all lines that a query finds, in the store of a folder and the state beside it; with `isTrial` it only says
 * what that would be. @throws VisorError QUERY
 */
export async function forgetIn(
  folder: string,
  {
    store,
    state
  }: { readonly store: Pick<Store, 'forget'>; readonly state: Pick<StateStore, 'eraseTexts' | 'mentioned'> },
  what: string,
  isTrial: boolean
): Promise<ForgottenCounts> {
  const request = isAddress(what) ? { address: what } : { where: parseQuery(what) }
  const { names, ...counts } = await store.forget(request, isTrial)
  const pattern = mentions(names)
  const change = (text: string): string => text.replaceAll(pattern, FORGOTTEN)
  const mails = names.length === 0 ? [] : mailsWith(join(folder, MAIL_FOLDER), pattern)
  if (isTrial)
    return { ...counts, state: names.length === 0 ? 0 : state.mentioned(change), mails: mails.length }
  for (const mail of mails) rmSync(mail, { force: true })
  return { ...counts, state: names.length === 0 ? 0 : state.eraseTexts(change), mails: mails.length }
}

/** Mails of mailboxes in which something stands, as text or encoded. */
function mailsWith(folder: string, pattern: RegExp): string[] {
  const files = readFolder(folder)
  return files.filter(file => {
    const raw = readFileSync(file, 'latin1')
    const plain = raw.replaceAll(/=\r?\n/g, '')
    const decoded = raw.replaceAll(/(?:[A-Za-z\d+/]{20,}={0,2}\r?\n?)+/g, all =>
      Buffer.from(all, 'base64').toString('latin1')
    )
    return [raw, plain, decoded].some(text => text.search(pattern) >= 0)
  })
}

function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name))
  } catch {
    return []
  }
}
