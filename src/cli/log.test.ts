import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { VisorError } from '../core/errors.ts'
import type { Context } from './context.ts'
import { logTo, tellFailures, type Log, type LogMessage } from './log.ts'

/** A log with what it has written. */
function made(
  format: 'text' | 'json',
  level: 'debug' | 'info' | 'warn' | 'error' = 'info',
  isJournal = false
): { readonly log: Log; readonly written: () => string } {
  let text = ''
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
    }
  })
  return { log: logTo(stderr, { format, level }, { isJournal }), written: () => text }
}

const HOSTILE = 'a\u001b[31m\nvisor: forged\u202e'
const message: LogMessage = { level: 'warn', component: 'source', source: HOSTILE, text: `bad: ${HOSTILE}` }

describe('the log', () => {
  it('is text as it always was, one line each, with nothing that a terminal acts on', () => {
    const { log, written } = made('text')
    log(message)
    log({ level: 'info', component: 'store', text: 'the store is written again' })
    expect(written()).toBe(
      'visor: bad: a\\x1b[31m\\nvisor: forged\\u202e\nvisor: the store is written again\n'
    )
  })

  it('is a line of JSON each, with level, component, source, code and time', () => {
    const { log, written } = made('json')
    log(message)
    log({ level: 'error', component: 'store', code: 'DISK_FULL', text: 'no room' })
    const lines = written().trimEnd().split('\n')
    expect(lines).toHaveLength(2)
    const [first, second]: Record<string, unknown>[] = lines.map(line => JSON.parse(line))
    expect(first).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      component: 'source',
      source: 'a\\x1b[31m\\nvisor: forged\\u202e',
      message: 'bad: a\\x1b[31m\\nvisor: forged\\u202e'
    })
    expect(second).toMatchObject({
      level: 'error',
      component: 'store',
      code: 'DISK_FULL',
      message: 'no room'
    })
  })

  it('leaves out what is below its level', () => {
    const { log, written } = made('text', 'error')
    log(message)
    log({ ...message, level: 'error', text: 'x' })
    expect(written()).toBe('visor: x\n')
  })

  it('tells journald the level of each line, and no time', () => {
    const { log, written } = made('text', 'info', true)
    log({ level: 'error', component: 'visor', text: 'why', remedy: 'what to do' })
    log({ level: 'info', component: 'visor', text: 'news' })
    expect(written()).toBe('<3>visor: why\n<3>       what to do\n<6>visor: news\n')
  })
})

describe('what ends a command', () => {
  const failure = new VisorError('CONFIG', 'wrong', { remedy: 'mend it' })
  const told = (format: 'text' | 'json'): string | undefined => {
    const context: Pick<Context, 'told'> = { told: {} }
    tellFailures(context, format)
    return context.told?.as?.(failure)
  }

  it('is left to be printed where the log is text', () => {
    expect(told('text')).toBeUndefined()
  })

  it('is a line with its code where the log is JSON', () => {
    expect(JSON.parse(told('json') ?? '')).toMatchObject({
      level: 'error',
      code: 'CONFIG',
      message: 'wrong',
      remedy: 'mend it'
    })
  })
})
