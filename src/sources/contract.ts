import { expect, it } from 'vitest'
import type { Source, Stream } from '../core/source.ts'

/** A source under test and what feeds it. */
export interface Fixture {
  readonly source: Source
  /** Adds bytes to the source's one stream. */
  readonly write: (text: string) => void
  /** No more bytes will come. */
  readonly end: () => void
}

/** What every source must do, whatever it reads from. `make` gives a fresh, empty source. */
export function conformsToSource(make: () => Fixture): void {
  it('hands over the bytes in order and ends the last line', async () => {
    await using run = start(make())
    run.write('one\ntwo\nthr')
    await run.until(() => run.lines.length === 2)
    run.write('ee\nfour')
    run.end()
    await run.until(() => run.finished)
    expect(run.lines).toEqual(['one', 'two', 'three', 'four'])
  })

  it('gives unread bytes again, and says how many wait', async () => {
    const { source, write } = make()
    write('abcdef')
    const abort = new AbortController()
    for await (const [stream] of source.ready(abort.signal)) {
      if (!stream) continue
      const bytes = Buffer.alloc(4)
      expect(stream.read(bytes)).toBe(4)
      expect(stream.read(bytes)).toBe(4)
      stream.advance(2)
      expect(stream.position().offset).toBe(2)
      expect(stream.pending).toBe(4)
      expect(stream.read(bytes)).toBe(4)
      expect(bytes.toString()).toBe('cdef')
      abort.abort()
    }
    source.close()
  })

  it('does not offer half a line again before there is more', async () => {
    await using run = start(make())
    run.write('half')
    await run.until(() => run.offers > 0)
    await new Promise(done => setTimeout(done, 150))
    expect(run.offers).toBeLessThan(4)
    run.write(' and half\n')
    await run.until(() => run.lines.length === 1)
    expect(run.lines).toEqual(['half and half'])
  })

  it('ends when the signal aborts', async () => {
    const run = start(make())
    await run[Symbol.asyncDispose]()
    expect(run.lines).toEqual([])
  })
}

/** A reader as an engine is one: it takes whole lines only, and the rest once the stream is finished. */
export function start(fixture: Fixture, bufferSize = 4096) {
  const abort = new AbortController()
  const state = { lines: [] as string[], offers: 0, finished: false }
  const ended = (async () => {
    for await (const streams of fixture.source.ready(abort.signal)) {
      state.offers++
      for (const stream of streams) {
        state.lines.push(...takeLines(stream, bufferSize))
        state.finished ||= stream.finished && stream.pending === 0
      }
    }
  })()
  return Object.assign(state, {
    write: fixture.write,
    end: fixture.end,
    async until(met: () => boolean) {
      for (let tries = 0; !met(); tries++) {
        if (tries > 1000) throw new Error(`waited in vain; lines so far: ${state.lines.length}`)
        await new Promise(done => setTimeout(done, 5))
      }
    },
    async [Symbol.asyncDispose]() {
      abort.abort()
      await ended
      fixture.source.close()
    }
  })
}

/** Reads the whole lines that a stream has, and the unterminated last one of a finished stream. */
export function takeLines(stream: Stream, bufferSize = 4096): string[] {
  const lines: string[] = []
  let buffer = Buffer.alloc(bufferSize)
  for (;;) {
    const count = stream.read(buffer)
    const bytes = buffer.subarray(0, count)
    const whole = bytes.lastIndexOf(10) + 1
    const taken = whole > 0 ? whole : stream.finished && count < buffer.length ? count : 0
    if (taken > 0) lines.push(...bytes.subarray(0, taken).toString('latin1').replace(/\n$/, '').split('\n'))
    stream.advance(taken)
    if (taken === 0 && count < buffer.length) return lines
    if (taken === 0) buffer = Buffer.alloc(buffer.length * 2)
  }
}
