import { existsSync } from 'node:fs'
import { request, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { VisorError, type ErrorCode } from '../core/errors.ts'
import type { Millis } from '../core/time.ts'
import type { EngineOptions } from '../engines/index.ts'
import { formatFor } from '../formats/index.ts'
import { controlPath } from '../server/control.ts'
import { answersOf, openStore, publicQuestions, type Answers, type TextParameters } from '../store/index.ts'

/**
 * Who answers questions about a store, and how to end it: the Visor that runs on it, or else the store itself, opened here.
 * Throws FILE_MISSING where there is no store, STORE_LOCKED where another process has it that does not answer.
 */
export async function openAnswers(
  store: string,
  retention: Millis,
  engine?: EngineOptions
): Promise<{ readonly answers: Answers; close(): Promise<void> }> {
  const ask = await daemonOf(store)
  if (ask) return { answers: remoteAnswers(ask), close: async () => {} }
  if (!existsSync(join(store, 'visor.duckdb'))) {
    throw new VisorError('FILE_MISSING', `there is no store in ${store}; \`visor watch\` makes one`)
  }
  const opened = await openStore(store, { formatFor, retention })
  const { archiveOf, engineKindOf } = await import('../engines/index.ts')
  const lines = engine && archiveOf(engineKindOf(engine), engine, opened)
  const close = async (): Promise<void> => {
    await lines?.close()
    await opened.close()
  }
  return { answers: answersOf({ ...opened, ...lines }), close }
}

/** Asks a question of the daemon's socket. Both ends are of the same version, so the answer has the question's type. */
export type Ask = (name: string, params: TextParameters) => Promise<never>

/** How to ask the Visor that runs on a store; `undefined` where none does. */
export async function daemonOf(store: string): Promise<Ask | undefined> {
  const socket = controlPath(store)
  // A socket may have been left behind by a process that was killed.
  const alive = socket !== undefined && (await responseTo(socket, '/').catch(() => undefined))
  if (!alive) return undefined
  alive.resume()
  return (name, params) => get(socket, `/${name}?${searchOf(params)}`)
}

function remoteAnswers(ask: Ask): Answers {
  const entries: unknown[][] = publicQuestions('socket').map(name => [
    name,
    (params: TextParameters) => ask(name, params)
  ])
  return Object.fromEntries(entries)
}

function searchOf(params: TextParameters): string {
  const pairs = Object.entries(params).flatMap(([name, value]): [string, string][] => {
    const values = Array.isArray(value) ? value : [value]
    return values.flatMap(one => (typeof one === 'string' ? [[name, one]] : []))
  })
  return new URLSearchParams(pairs).toString()
}

/** The errors that statuses of the server stand for. */
const CODES: ReadonlyMap<number | undefined, ErrorCode> = new Map([
  [400, 'QUERY'],
  [501, 'NO_LINES']
])

async function get<Answer>(socketPath: string, path: string): Promise<Answer> {
  const response = await responseTo(socketPath, path)
  const answer = JSON.parse(await text(response))
  if (response.statusCode === 200) return answer
  throw new VisorError(CODES.get(response.statusCode) ?? 'STORE_BROKEN', String(answer.error))
}

function responseTo(socketPath: string, path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path }, resolve).on('error', reject).end()
  })
}
