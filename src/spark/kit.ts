import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { constants, createGzip } from 'node:zlib'
import { systemCode, VisorError } from '../core/errors.ts'
import { DAY_MS, type Millis } from '../core/time.ts'
import { defaultCache, makeFolder } from '../system/folders.ts'
import { reasonOf } from '../system/reason.ts'
import type { SparkArtifact } from './artifacts.ts'
import { tarOf, type ArchiveFile } from './tar.ts'

/** What `npm run build` has made for executors: the worker, the scanner's kernel, the database of countries. */
const BUILT = fileURLToPath(new URL('../../dist/spark/kit', import.meta.url))
/** Its name in a session. */
const NAME = 'kit'
const NODE = 'node'
const WORKER = 'worker.mjs'
const LAUNCHER = 'launch.sh'
/** A packed kit that nobody has used for so long is removed. */
const UNUSED: Millis = 30 * DAY_MS

export interface KitOptions {
  /**
   * Node for executors: the path of a program of their platform, which is sent to them; or the name of one that they have in their
   * PATH, such as `node`, and then none is sent. The one that runs here when not given.
   */
  readonly node?: string | undefined
  /** Where packed kits are kept; the user's cache when not given. */
  readonly cache?: string
}

/** All that an executor needs to run a worker. */
export interface Kit {
  /** Of its content: workers with the same hash do the same. */
  readonly hash: string
  readonly artifact: SparkArtifact
  /** Node as the worker is started with it; relative to the folder of the session's artifacts, or in the PATH. */
  readonly node: { readonly sent: boolean; readonly name: string }
}

/** Packs the kit, once for the same content. @throws VisorError */
export async function packKit({ node, cache = defaultCache(process.env) }: KitOptions = {}): Promise<Kit> {
  const files = await builtFiles()
  const sent = node === undefined || node.includes('/') || node.includes(sep)
  if (sent && node !== undefined && !existsSync(node))
    throw new VisorError('FILE_MISSING', `${node}, the Node for executors, does not exist`)
  if (sent) files.push({ name: NODE, path: node ?? ownNode(), executable: true })
  try {
    const hash = await hashOf(files)
    const file = join(cache, `kit-${hash}.tar.gz`)
    await provide(files, file)
    return {
      hash,
      artifact: {
        name: `archives/kit-${hash}.tar.gz#${NAME}`,
        holds: `${NAME}/${WORKER}`,
        read: () => packed(files, file)
      },
      node: { sent, name: sent ? NODE : node }
    }
  } catch (error) {
    throw new VisorError(
      'FILE_UNWRITABLE',
      `the worker's kit for executors cannot be packed: ${reasonOf(error)}`,
      {
        cause: error
      }
    )
  }
}

/**
 * The command that starts the worker, for `USING` of a TRANSFORM in the session that has the kit. `words` are given to the worker.
 * @throws RangeError for a word that a shell or SQL would read otherwise
 */
export function kitCommand(kit: Kit, serverSession: string, ...words: readonly string[]): string {
  const { folder, node } = placeOf(kit, serverSession)
  // The first worker of an executor leaves there what its modules compile to; the others have it.
  return [`NODE_COMPILE_CACHE=${folder}/compiled`, 'exec', node, `${folder}/${WORKER}`, ...plain(words)].join(
    ' '
  )
}

/** As `kitCommand`, for work of which there is much and little at a time: a worker that has done it stays for the next. */
export function servedCommand(kit: Kit, serverSession: string, ...words: readonly string[]): string {
  const { folder, node } = placeOf(kit, serverSession)
  return [
    `kit=${folder}`,
    `node=${node}`,
    `; set -- ${plain(words).join(' ')}`,
    `; . ${folder}/${LAUNCHER}`
  ].join(' ')
}

/** Where the kit is for a task, from the folder in which Spark starts it. */
function placeOf({ node }: Kit, serverSession: string): { readonly folder: string; readonly node: string } {
  const folder = `./${serverSession}/${NAME}`
  return { folder, node: node.sent ? `${folder}/${NODE}` : node.name }
}

/** @throws RangeError */
function plain(words: readonly string[]): readonly string[] {
  const odd = words.find(word => !/^[\w./:@%+=,-]+$/.test(word))
  if (odd !== undefined) throw new RangeError(`not a plain word: ${odd}`)
  return words
}

async function builtFiles(): Promise<ArchiveFile[]> {
  if (!existsSync(join(BUILT, WORKER)))
    throw new VisorError('INTERNAL', `the worker for executors is not built (${BUILT}): npm run build`)
  const entries = await readdir(BUILT, { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
    .map(path => ({
      path,
      name: path
        .slice(BUILT.length + 1)
        .split(sep)
        .join('/')
    }))
}

/** The Node that this repository brings for Linux, or else the one that runs. */
function ownNode(): string {
  try {
    const manifest = createRequire(import.meta.url).resolve(`node-linux-${process.arch}/package.json`)
    return join(dirname(manifest), 'bin', 'node')
  } catch {
    return process.execPath
  }
}

async function hashOf(files: readonly ArchiveFile[]): Promise<string> {
  const hash = createHash('sha256')
  for (const { name, path } of files) {
    hash.update(`${name}\0`)
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece)
  }
  return hash.digest('hex').slice(0, 16)
}

/** Packs what is not there; whoever looks for old ones sees that it is used. */
async function provide(files: readonly ArchiveFile[], file: string): Promise<void> {
  const now = new Date()
  try {
    await utimes(file, now, now)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') await pack(files, file)
  }
}

/** The content of a packed kit; it is packed again where others have removed it. */
async function packed(files: readonly ArchiveFile[], file: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
    await pack(files, file)
    return readFile(file)
  }
}

async function pack(files: readonly ArchiveFile[], file: string): Promise<void> {
  const folder = dirname(file)
  makeFolder(folder)
  const part = `${file}.${randomUUID()}`
  await pipeline(
    tarOf(files),
    createGzip({ level: constants.Z_BEST_SPEED }),
    createWriteStream(part, { mode: 0o600 })
  )
  await rename(part, file)
  await removeOld(folder)
}

/** Kits of other versions and other Nodes may be in use by another Visor, unless they are old. */
async function removeOld(folder: string): Promise<void> {
  const before = Date.now() - UNUSED
  for (const name of await readdir(folder)) {
    if (!/^kit-[\da-f]+\.tar\.gz/.test(name)) continue
    const path = join(folder, name)
    const used = (await stat(path).catch(() => undefined))?.mtimeMs
    if (used !== undefined && used < before) await rm(path, { force: true })
  }
}
