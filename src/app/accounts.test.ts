import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Config } from '../config/schema.ts'
import type { Position } from '../core/source.ts'
import type { StreamEnd } from '../sources/index.ts'
import { fileOptions } from '../sources/file/options.ts'
import { fileEnds } from '../sources/file/ends.ts'
import { accountsOf, AccountWatch } from './accounts.ts'

const LOG = '/var/log/access.log'

/** A file's position, as the file source stores it. */
function filePosition(key: string, offset: number, rest: Partial<Position> = {}): Position {
  const fingerprint = { head: '', headLength: 0, tail: '', tailLength: 0, tailEnd: 0 }
  return {
    ...fingerprint,
    offset,
    size: offset,
    key: `1:${key}`,
    path: LOG,
    real: LOG,
    since: 0,
    finished: false,
    ...rest
  }
}

const stream = (position: Position, finished = false, name = LOG) => ({
  source: 'web',
  name,
  position,
  finished
})

const sourcesAt = (path: string): Config['sources'] => ({
  web: { type: 'file', ...fileOptions.parse({ path }), format: undefined, zone: undefined }
})
const sources = sourcesAt(LOG)

const ended = (...ends: readonly [string, StreamEnd][]) => new Map(ends)

describe('what became of a source', () => {
  it('is what each of its files has, by what the file is, whatever its name', async () => {
    const streams = [
      stream(filePosition('7:1', 100, { lost: 20, lostAt: 5 }), true),
      stream(filePosition('8:1', 300)),
      stream(filePosition('9:1', 50, { passed: 10 }))
    ]
    const ends = ended(
      [LOG, { part: 'offset', end: 80, key: '9:1' }],
      ['/var/log/access.log.1', { part: 'offset', end: 310, key: '8:1' }],
      ['/var/log/new.log', { part: 'offset', end: 40, key: '10:1' }]
    )
    const [web] = await accountsOf(streams, sources, () => ends)
    expect(web?.streams).toMatchObject([
      { seen: 120, read: 100, lost: 20, waiting: 0, finished: true },
      { seen: 310, read: 300, lost: 0, waiting: 10 },
      { seen: 80, read: 40, passed: 10, lost: 0, waiting: 30 },
      { name: '/var/log/new.log', seen: 40, read: 0, lost: 0, waiting: 40 }
    ])
    expect(web).toMatchObject({ seen: 550, read: 440, passed: 10, lost: 20, waiting: 80 })
  })

  it('is unread where a file was emptied and has grown again, shorter than what was read of it', async () => {
    const ends = ended([LOG, { part: 'offset', end: 80, key: '7:1' }])
    const [web] = await accountsOf([stream(filePosition('7:1', 100))], sources, () => ends)
    expect(web?.streams).toMatchObject([
      { read: 100, waiting: 0, moved: true },
      { name: LOG, read: 0, waiting: 80 }
    ])
  })

  it('is unknown where nobody can say what waits, and never 0', async () => {
    const [web] = await accountsOf([stream(filePosition('7:1', 100))], sources, () => undefined)
    expect(web?.streams[0]).not.toHaveProperty('waiting')
    expect(web).toMatchObject({ read: 100, lost: 0 })
    expect(web).not.toHaveProperty('seen')
    const network = stream({ offset: 5 })
    expect(await accountsOf([network], {}, () => undefined)).toEqual([
      {
        name: 'web',
        unit: 'bytes',
        read: 5,
        streams: [{ name: LOG, finished: false, unit: 'bytes', read: 5 }]
      }
    ])
  })

  it('counts what a topic has removed by now as lost', async () => {
    const partition = stream({ offset: 900, message: 30, passed: 10 }, false, 'access/0')
    const ends = ended(['access/0', { part: 'message', begin: 50, end: 70 }])
    const [web] = await accountsOf([partition], sources, () => ends)
    expect(web).toMatchObject({ unit: 'messages', seen: 70, read: 20, passed: 10, lost: 20, waiting: 20 })
  })

  it('leaves out what engines keep for themselves', async () => {
    expect(await accountsOf([{ ...stream({ offset: 1 }), source: '' }], {}, () => undefined)).toEqual([])
  })
})

describe('what health rules ask', () => {
  it('is for how long something stands unread, and what was lost in the last day', async () => {
    const log = join(mkdtempSync(join(tmpdir(), 'visor-account-')), 'access.log')
    writeFileSync(log, 'one\n')
    const [{ key = '' } = {}] = fileEnds(fileOptions.parse({ path: log })).values()
    let now = 1000
    let position: Position | undefined
    const watch = new AccountWatch(
      sourcesAt(log),
      async () => (position ? [stream(position, false, log)] : []),
      () => now
    )
    const lookAt = async (time: number, offset: number, rest?: Partial<Position>) => {
      now = time
      position = offset === 0 ? undefined : filePosition(key, offset, rest)
      await watch.look()
      return watch.health('web')
    }
    expect(watch.health('web')).toEqual({})
    expect((await lookAt(1000, 0)).unread).toMatchObject({ for: 0 })
    expect((await lookAt(5000, 0)).unread).toEqual({
      for: 4000,
      text: `4 bytes of ${log} wait behind 0 that were read, and nothing was read of it for`
    })
    expect((await lookAt(6000, 4)).unread).toEqual({ for: 0, text: 'all is read' })
    appendFileSync(log, 'two\nthree\nfo')
    expect((await lookAt(7000, 4)).unread).toMatchObject({ for: 0 })
    expect((await lookAt(9000, 4)).unread).toMatchObject({ for: 2000 })
    expect((await lookAt(10_000, 8)).unread).toMatchObject({ for: 0 })
    const lost = { lost: 5, lostAt: 10_000 }
    const why = 'the file was emptied or deleted before they were read, and no copy has them'
    expect((await lookAt(11_000, 14, lost)).lost).toEqual({
      count: 5,
      text: `5 bytes of ${log} are lost: ${why}`
    })
    expect((await lookAt(10_000 + 86_400_000, 14, lost)).lost?.count).toBe(0)
    expect(watch.of('web')).toMatchObject({ read: 14, lost: 5 })
  })
})
