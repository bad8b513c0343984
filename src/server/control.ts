import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addAnswers } from './answers.ts'
import { publicQuestions, type Answers } from '../store/index.ts'
import { makeFolder } from '../system/folders.ts'
import { fileMode, makePrivate, shareSocket } from '../system/private.ts'
import { addControlRoutes, type ControlRoutes } from './control-routes.ts'
import { plainServer } from './failure.ts'

/** A socket's path may be so long: `sun_path` of macOS, with its NUL. */
const LONGEST_PATH = 103

/** The folder beside the store's files that only its owner, and the group where one is configured, may look into. */
export const CONTROL_FOLDER = 'control'
const SOCKET = 'visor.sock'
/** Holds where the socket is when its path would be too long here. */
const ELSEWHERE = 'socket-path'

export interface Control {
  close(): Promise<void>
}

/** Where the daemon of a store listens, if one does; `undefined` where there is nothing of that kind. */
export function controlPath(store: string): string | undefined {
  const folder = join(store, CONTROL_FOLDER)
  const elsewhere = join(folder, ELSEWHERE)
  const path = existsSync(elsewhere) ? readFileSync(elsewhere, 'utf8') : join(folder, SOCKET)
  return existsSync(path) ? path : undefined
}

/**
 * Answers questions about the store, SQL too, and does what admins ask for, on a Unix socket that only the user who runs Visor can
 * open, and the configured group. To be called by whoever holds the store's lock: what is there already was left behind by one that
 * is gone.
 */
export async function startControl(
  store: string,
  answers: Answers,
  routes: ControlRoutes = {}
): Promise<Control> {
  const folder = join(store, CONTROL_FOLDER)
  makeFolder(folder)
  makePrivate(folder)
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true })
  const near = join(folder, SOCKET)
  const far = Buffer.byteLength(near) > LONGEST_PATH ? mkdtempSync(join(tmpdir(), 'visor-')) : undefined
  if (far !== undefined) makePrivate(far)
  const path = far === undefined ? near : join(far, SOCKET)
  const server = plainServer()
  addAnswers(server, answers, publicQuestions('socket'))
  addControlRoutes(server, routes, folder)
  await server.listen({ path })
  shareSocket(path)
  if (far !== undefined) writeFileSync(join(folder, ELSEWHERE), path, { mode: fileMode() })
  return {
    close: async () => {
      await server.close()
      rmSync(join(folder, ELSEWHERE), { force: true })
      rmSync(far ?? near, { recursive: true, force: true })
    }
  }
}
