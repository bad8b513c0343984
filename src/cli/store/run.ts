import { cpSync, createWriteStream, existsSync, readdirSync, renameSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { copiesOf } from '../../app/copies.ts'
import { giveToOwner } from '../../app/private.ts'
import { VisorError } from '../../core/errors.ts'
import { counted, formatBytes } from '../../core/units.ts'
import type { Config } from '../../config/schema.ts'
import { MAIL_FOLDER } from '../../notifiers/mailbox/files.ts'
import { stateDamage, statePath } from '../../state/index.ts'
import { checkStore, storePath, type Shrunk } from '../../store/index.ts'
import { timedName } from '../../system/aside.ts'
import { writeReason } from '../../system/disk.ts'
import { makeFolder } from '../../system/folders.ts'
import { fileMode } from '../../system/private.ts'
import { unwritable } from '../../system/refused.ts'
import { daemonOf, openOwn, type Ask } from '../asking.ts'
import { printLines, type Context } from '../context.ts'
import type { StoreSelection } from '../options.ts'
import { storeFor } from '../settings.ts'
import { isOthers } from '../user.ts'

/** Copies store, state and mails. @throws VisorError FILE_MISSING, FILE_UNWRITABLE, DISK_FULL, STORE_LOCKED */
export async function backUp(folder: string, options: StoreSelection, context: Context): Promise<void> {
  const config = storeFor(options, context.env)
  const [from, to] = [config.store.path, resolve(folder)]
  if (existsSync(to) && readdirSync(to).length > 0)
    throw new VisorError('FILE_UNWRITABLE', `${to} is not empty: a backup wants a folder of its own`)
  makeFolder(to)
  const ask = await daemonOf(from)
  if (ask) await copiesBy(ask, to, isOthers(from))
  else await copyAll(config, to)
  const lines = await linesOf(storePath(to))
  await printLines(context, [`${to}: a backup of ${from}, ${counted(lines, 'line')}, ${sizeText(to)}`])
}

/** Has the Visor that runs copy its files; those of another user's, who cannot write here, are fetched. */
async function copiesBy(ask: Ask, to: string, fetched: boolean): Promise<void> {
  const names: string[] = await ask('backup/files', { to })
  for (const name of names) {
    const path = join(to, name)
    makeFolder(dirname(path))
    if (!fetched) {
      await ask('backup/copy', { name, to: path })
      continue
    }
    try {
      await pipeline(await ask.fetch('backup/file', { name }), createWriteStream(path, { mode: fileMode() }))
    } catch (cause) {
      throw unwritable(path, cause)
    }
  }
}

async function copyAll({ store: { path, retention }, engine }: Config, to: string): Promise<void> {
  const { store, close } = await openOwn(path, retention, engine)
  const { names, copy } = copiesOf(path, store)
  try {
    for (const name of names()) {
      makeFolder(dirname(join(to, name)))
      await copy(name, join(to, name))
    }
  } finally {
    await close()
  }
}

/** Puts a backup in the store's place. @throws VisorError FILE_MISSING, STORE_LOCKED, STORE_DAMAGED, NEWER_FILE, FILE_UNWRITABLE */
export async function restoreBackup(
  folder: string,
  options: StoreSelection,
  context: Context
): Promise<void> {
  const [from, to] = [resolve(folder), storeFor(options, context.env).store.path]
  if (!existsSync(storePath(from))) throw new VisorError('FILE_MISSING', `there is no backup in ${from}`)
  if (await daemonOf(to))
    throw new VisorError('STORE_LOCKED', `a Visor runs on the store ${to}; it is to be stopped first`)
  const lines = await linesOf(storePath(from))
  const damage = stateDamage(statePath(from))
  if (damage !== undefined) throw new VisorError('STATE_DAMAGED', damage)
  // Throws where another process has it open, and leaves its log of changes in it.
  if (existsSync(storePath(to))) await checkStore(storePath(to)).catch(unlessLocked)
  const now = Date.now()
  const kept = [storePath(to), statePath(to)].flatMap(file => putAside(file, now))
  makeFolder(to)
  for (const path of [storePath, statePath]) if (existsSync(path(from))) copy(path(from), path(to))
  copyMails(from, to)
  giveToOwner(to)
  await printLines(context, [
    `${to}: restored from ${from}, ${counted(lines, 'line')}, ${sizeText(from)}`,
    ...kept.map(file => `  what was there is kept as ${file}`),
    '  the next `visor watch` reads on from the positions in it; nothing is counted twice'
  ])
}

/** Gives the disk back what is free within the store. */
export async function shrink(options: StoreSelection, context: Context): Promise<void> {
  const config = storeFor(options, context.env)
  const { before, after } = await shrunk(config)
  await printLines(context, [
    `${config.store.path}: ${formatBytes(before)} before, ${formatBytes(after)} after`
  ])
}

async function shrunk({ store: { path, retention }, engine }: Config): Promise<Shrunk> {
  const ask = await daemonOf(path)
  if (ask) return ask('shrink', {})
  const { store, close } = await openOwn(path, retention, engine)
  return store.shrink().finally(close)
}

/** How many lines a store has, all of which were read. @throws VisorError STORE_DAMAGED */
async function linesOf(file: string): Promise<number> {
  const { tables, damage } = await checkStore(file)
  if (damage !== undefined) throw new VisorError('STORE_DAMAGED', `the store ${file} is damaged: ${damage}`)
  return tables.find(({ table }) => table === 'events')?.read ?? 0
}

function unlessLocked(error: unknown): void {
  if (error instanceof VisorError && error.code === 'STORE_LOCKED') throw error
}

/** Moves a database with what is beside it to another name; gives the name. */
function putAside(file: string, now: number): string[] {
  if (!existsSync(file)) return []
  const aside = timedName(file, 'before-restore', now)
  for (const end of ['.wal', '-wal', '-shm', ''])
    if (existsSync(file + end)) renameSync(file + end, aside + end)
  return [aside]
}

function copyMails(from: string, to: string): void {
  if (existsSync(join(from, MAIL_FOLDER))) copy(join(from, MAIL_FOLDER), join(to, MAIL_FOLDER))
}

function copy(from: string, to: string): void {
  try {
    cpSync(from, to, { recursive: true })
  } catch (cause) {
    throw new VisorError('FILE_UNWRITABLE', `cannot copy ${from} to ${to}: ${writeReason(cause, to)}`, {
      cause
    })
  }
}

function sizeText(folder: string): string {
  const files = [storePath(folder), statePath(folder)].filter(path => existsSync(path))
  return formatBytes(files.reduce((sum, path) => sum + statSync(path).size, 0))
}
