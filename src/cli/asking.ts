import { existsSync } from 'node:fs'
import { request, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { giveToOwner } from '../app/private.ts'
import { readStreamed, STREAMED, type AnswerEnd } from '../core/answer.ts'
import { isErrorCode, systemCode, VisorError } from '../core/errors.ts'
import type { Millis } from '../core/time.ts'
import type { EngineOptions } from '../engines/index.ts'
import { formatFor } from '../formats/index.ts'
import { CONTROL_FOLDER, controlPath } from '../server/control.ts'
import { USER_HEADER } from '../server/control-routes.ts'
import { readerBy, type StateReader } from '../state/index.ts'
import {
  answersOf,
  openStore,
  publicQuestions,
  storePath,
  withLines,
  type Answers,
  type AskCall,
  type LineQuestions,
  type Store,
  type TextParameters
} from '../store/index.ts'
import { noAccess, refusedFolder, userName } from './user.ts'

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
  const { store: opened, lines, close } = await openOwn(store, retention, engine)
  return { answers: answersOf(withLines(opened, lines)), close }
}

/**
 * A store that no Visor runs on, with who answers questions about lines where they are not in it.
 * Throws FILE_MISSING where there is none, STORE_LOCKED where another process has it.
 */
export async function openOwn(
  path: string,
  retention: Millis,
  engine?: EngineOptions
): Promise<{
  readonly store: Store
  readonly lines: LineQuestions | undefined
  readonly close: () => Promise<void>
}> {
  if (!existsSync(storePath(path)))
    throw new VisorError('FILE_MISSING', `there is no store in ${path}`, {
      remedy: '`visor watch` makes one; `--store` names another folder.'
    })
  const store = await openStore(path, { formatFor, retention })
  const { archiveOf, engineKindOf } = await import('../engines/index.ts')
  const lines = engine && archiveOf(engineKindOf(engine), engine, store)
  const close = async (): Promise<void> => {
    await lines?.close()
    await store.close()
    giveToOwner(path)
  }
  return { store, lines, close }
}

/**
 * Asks the Visor that runs on a store. Both ends are of the same version, so an answer has the type that the question has.
 */
export interface Ask {
  (name: string, params: TextParameters, call?: AskCall): Promise<never>
  /** Has something done that takes more than texts. */
  send(path: string, body: unknown): Promise<never>
  /** Fetches a file's bytes. */
  fetch(path: string, params: TextParameters): Promise<IncomingMessage>
}

/**
 * How to ask the Visor that runs on a store; `undefined` where none does.
 * @throws VisorError NO_ACCESS where this user may not know
 */
export async function daemonOf(store: string): Promise<Ask | undefined> {
  const refused = refusedFolder(join(store, CONTROL_FOLDER))
  if (refused) throw refused
  const socket = controlPath(store)
  if (socket === undefined) return undefined
  // A socket may have been left behind by a process that was killed.
  const alive = await responseTo(socket, '/').catch((error: unknown) => {
    if (systemCode(error) === 'EACCES') throw noAccess(socket)
    return undefined
  })
  if (!alive) return undefined
  alive.resume()
  const ask = (name: string, params: TextParameters, call?: AskCall): Promise<never> =>
    get(socket, `/${name}?${searchOf(params)}`, call)
  return Object.assign(ask, {
    send: (path: string, body: unknown) => get<never>(socket, `/${path}`, {}, body),
    fetch: async (path: string, params: TextParameters) => {
      const response = await responseTo(socket, `/${path}?${searchOf(params)}`)
      return response.statusCode === 200 ? response : answerOf<never>(await endOf(response, {}))
    }
  })
}

/** The state of the Visor that runs on a store, to be read. */
export function remoteReader(ask: Ask): StateReader {
  return readerBy(async (name, given) => {
    const { answer }: { answer?: unknown } = await ask.send(`state/${name}`, given)
    return answer
  })
}

function remoteAnswers(ask: Ask): Answers {
  const entries: unknown[][] = publicQuestions('socket').map(name => [
    name,
    (params: TextParameters, call?: AskCall) => ask(name, params, call)
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

async function get<Answer>(
  socketPath: string,
  path: string,
  call: AskCall = {},
  body?: unknown
): Promise<Answer> {
  const response = await responseTo(socketPath, path, call, body)
  const end = await endOf<Answer>(response, call).catch((error: unknown) => {
    call.signal?.throwIfAborted()
    throw error
  })
  return answerOf(end)
}

/** What another end than an answer says. One without a code of ours did not come from what was asked, but from the server itself. */
export function answerOf<Answer>(end: AnswerEnd<Answer>): Answer {
  if ('answer' in end) return end.answer
  if (isErrorCode(end.code)) throw new VisorError(end.code, end.error, { remedy: end.remedy })
  throw new VisorError('CONNECTION', `the Visor that runs on the store answers ${end.status}: ${end.error}`, {
    remedy:
      'It may be of another version than this command: start it anew. Its page and what it prints say how it does.'
  })
}

async function endOf<Answer>(
  response: IncomingMessage,
  { onProgress = () => {} }: AskCall
): Promise<AnswerEnd<Answer>> {
  if (response.headers['content-type'] === STREAMED) return readStreamed(response, onProgress)
  const answer = JSON.parse(await text(response))
  const { statusCode: status = 500 } = response
  return status === 200 ? { answer } : { status, ...answer }
}

function responseTo(
  socketPath: string,
  path: string,
  { signal }: AskCall = {},
  body?: unknown
): Promise<IncomingMessage> {
  const headers = {
    accept: `${STREAMED}, application/json`,
    [USER_HEADER]: encodeURIComponent(userName()),
    ...(body !== undefined && { 'content-type': 'application/json' })
  }
  const options = { socketPath, path, headers, method: body === undefined ? 'GET' : 'POST' }
  return new Promise((resolve, reject) => {
    request({ ...options, ...(signal && { signal }) }, resolve)
      .on('error', reject)
      .end(body === undefined ? undefined : JSON.stringify(body))
  })
}
