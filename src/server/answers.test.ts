import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { fakeStore } from '../../test/page/fake-store.ts'
import { daemonOf, type Ask } from '../cli/asking.ts'
import type { AnswerProgress } from '../core/answer.ts'
import { VisorError } from '../core/errors.ts'
import { answersOf, withLines, type AskedStore } from '../store/index.ts'
import { startControl, type Control } from './control.ts'

const FIRST: AnswerProgress = { done: 1, total: 3, unit: 'task', bytes: 2048 }
const SECOND: AnswerProgress = { ...FIRST, done: 2 }

let folder = ''
let control: Control
let store: AskedStore
let ask: Ask

/** Answers as `stats` is told to, asked over the socket. */
async function answering(stats: AskedStore['stats']): Promise<Ask> {
  store = { ...fakeStore([]), stats }
  control = await startControl(folder, answersOf(store))
  const found = await daemonOf(folder)
  if (!found) throw new Error('nobody answers')
  return (ask = found)
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'visor-answers-'))
  control = { close: async () => {} }
})
afterEach(async () => {
  await control.close()
  rmSync(folder, { recursive: true, force: true })
})

it('says how far a question is, and how it ends', async () => {
  const go = Promise.withResolvers<void>()
  await answering(async (_, call) => {
    call?.onProgress?.(FIRST)
    await go.promise
    call?.onProgress?.(SECOND)
    return [{ keys: [], value: 7 }]
  })
  const told: AnswerProgress[] = []
  // The second comes only once the first has been heard of.
  const answer = await ask(
    'stats',
    {},
    {
      onProgress: progress => {
        told.push(progress)
        go.resolve()
      }
    }
  )
  expect(told).toEqual([FIRST, SECOND])
  expect(answer).toMatchObject({ rows: [[7]] })
})

it('answers at once where nothing is said of progress, and to those who do not listen', async () => {
  await answering(async (_, call) => {
    call?.onProgress?.(FIRST)
    return [{ keys: [], value: 7 }]
  })
  expect(await ask('stats', {}, {})).toMatchObject({ rows: [[7]] })
  expect(await ask('lines', {}, { onProgress: () => expect.unreachable() })).toEqual({ lines: [] })
})

it.each([true, false])('says what is wrong by the same code, told of progress before: %s', async before => {
  await answering(async (_, call) => {
    if (before) call?.onProgress?.(FIRST)
    throw new VisorError('SPARK', 'sc://127.0.0.1:1 does not answer')
  })
  await expect(ask('stats', {})).rejects.toMatchObject({
    code: 'SPARK',
    message: 'sc://127.0.0.1:1 does not answer'
  })
})

it('is ended by who asked', async () => {
  const ended = Promise.withResolvers<void>()
  await answering(async (_, call) => {
    call?.onProgress?.(FIRST)
    call?.signal?.addEventListener('abort', () => ended.resolve())
    await ended.promise
    return []
  })
  const stop = new AbortController()
  const asked = ask('stats', {}, { signal: stop.signal, onProgress: () => stop.abort('SIGINT') })
  await expect(asked).rejects.toBe('SIGINT')
  await ended.promise
})

it('says where lines are that SQL does not know', async () => {
  const none = async (): Promise<never> => {
    throw new VisorError('NO_LINES', 'the engine spark keeps no lines')
  }
  const { lines, count, stats, signatures } = fakeStore([])
  const archive = { lines, count, stats, signatures, close: async () => {} }
  const kept = withLines({ ...fakeStore([]), sql: none }, archive)
  await expect(answersOf(kept).sql({ sql: 'select 1' })).rejects.toMatchObject({
    code: 'NO_LINES',
    message: expect.stringContaining('the lines are in the archive')
  })
  await expect(
    answersOf(withLines({ ...fakeStore([]), sql: none }, undefined)).sql({ sql: '' })
  ).rejects.toThrow('the engine spark keeps no lines')
})
