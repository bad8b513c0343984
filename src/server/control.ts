import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { ExplainAnswer } from './alerts/types.ts'
import type { TokenKeeper } from './access/tokens.ts'
import { addAnswers } from './answers.ts'
import { publicQuestions, type Answers } from '../store/index.ts'
import { makeFolder } from '../system/folders.ts'
import { fileMode, makePrivate, shareSocket } from '../system/private.ts'
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

/** What the daemon answers besides questions about the store. */
export interface ControlRoutes {
  /** How an alert rule stands. @throws VisorError QUERY for one that there is not */
  readonly explain?: (rule: string) => ExplainAnswer
  /** The reports of a schedule as they would be now; `send` has them sent. */
  readonly report?: (schedule: string, send: boolean) => Promise<unknown>
  /** Copies the store's database into a file; gives the copy's bytes. */
  readonly backup?: (to: string) => Promise<unknown>
  readonly tokens?: TokenKeeper
  /** Gives the disk back what is free within the store's file. */
  readonly shrink?: () => Promise<unknown>
}

/**
 * Answers questions about the store on a Unix socket that only the user who runs Visor can open; SQL too, and what else
 * there is. To be called by whoever holds the store's lock: a socket that is there already was left behind by one that is gone.
 */
export async function startControl(
  store: string,
  answers: Answers,
  { explain, report, backup, shrink, tokens }: ControlRoutes = {}
): Promise<Control> {
  const folder = join(store, CONTROL_FOLDER)
  makeFolder(folder)
  makePrivate(folder)
  const near = join(folder, SOCKET)
  const far = Buffer.byteLength(near) > LONGEST_PATH ? mkdtempSync(join(tmpdir(), 'visor-')) : undefined
  if (far !== undefined) makePrivate(far)
  const path = far === undefined ? near : join(far, SOCKET)
  rmSync(near, { force: true })
  rmSync(join(folder, ELSEWHERE), { force: true })
  const server = plainServer()
  addAnswers(server, answers, publicQuestions('socket'))
  if (explain) {
    server.get<{ Querystring: { rule?: unknown } }>('/explain', async ({ query }) =>
      explain(typeof query.rule === 'string' ? query.rule : '')
    )
  }
  if (report) {
    server.get<{ Querystring: { schedule?: unknown; send?: unknown } }>('/report', async ({ query }) =>
      report(typeof query.schedule === 'string' ? query.schedule : '', query.send === 'true')
    )
  }
  if (backup)
    server.get<{ Querystring: { to?: unknown } }>('/backup', async ({ query }) => backup(String(query.to)))
  if (shrink) server.get('/shrink', async () => shrink())
  if (tokens) addTokens(server, tokens)
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

function addTokens(server: FastifyInstance, tokens: TokenKeeper): void {
  server.get('/token-list', async () => tokens.list())
  server.get('/token-add', async ({ query }) => tokens.add(query))
  server.get<{ Querystring: { name?: unknown } }>('/token-revoke', async ({ query }) => {
    tokens.revoke(String(query.name))
    return {}
  })
}
