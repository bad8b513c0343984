import { expect, it } from 'vitest'
import type { Source, Stream } from '../core/source.ts'

/** A source under test and what feeds it. */
export interface Fixture {
  readonly source: Source
  /** Adds bytes to the source's one stream: whole lines, but where the source takes pieces. */
  readonly write: (text: string) => void
  /** No more bytes will come. */
  readonly end: () => void
}

type Make = () => Fixture | Promise<Fixture>

/** What every source must do, whatever it reads from. `make` gives a fresh, empty source. */
export function conformsToSource(make: Make): void {
  it('hands over the lines in order', async () => {
    await using run = start(await make())
    const lines = Array.from({ length: 500 }, (_, i) => `line ${i} ${'x'.repeat(i % 90)}`)
    for (let i = 0; i < lines.length; i += 50) run.write(`${lines.slice(i, i + 50).join('\n')}\n`)
    await run.until(() => run.lines.length === lines.length)
    expect(run.lines).toEqual(lines)
  })

  it('gives unread bytes again, and counts how many wait', async () => {
    const { source, write } = await make()
    write('abcdef\n')
    for await (const [stream] of source.ready(new AbortController().signal)) {
      if (!stream || stream.pending < 7) continue
      const bytes = Buffer.alloc(4)
      expect(stream.read(bytes)).toBe(4)
      expect(stream.read(bytes)).toBe(4)
      stream.advance(2)
      expect(stream.position().offset).toBe(2)
      expect(stream.pending).toBe(5)
      expect(stream.read(bytes)).toBe(4)
      expect(bytes.toString()).toBe('cdef')
      break
    }
    await source.close()
  })

  it('ends when the signal aborts, once what has come in is read where it cannot be read again', async () => {
    const run = start(await make())
    run.write('one\ntwo\n')
    await run.until(() => run.offers > 0)
    await run[Symbol.asyncDispose]()
    if (run.lines.length > 0 || !run.replayable) expect(run.lines).toEqual(['one', 'two'])
  })

  it('ends when the signal aborts and nothing has come', async () => {
    const run = start(await make())
    await run[Symbol.asyncDispose]()
    expect(run.lines).toEqual([])
  })

  it('hears that a stream of its own, or of another, is durable', async () => {
    const { source } = await make()
    source.committed?.('none of its own', { offset: 1 })
    expect(source.state?.() ?? '').not.toMatch(/undefined|NaN|\[object/)
    await source.close()
  })
}

/** What a source must do that takes its bytes in pieces, of which the last need not end a line. */
export function conformsToByteSource(make: Make): void {
  conformsToSource(make)

  it('puts pieces together and ends the last line', async () => {
    await using run = start(await make())
    run.write('one\ntwo\nthr')
    await run.until(() => run.lines.length === 2)
    run.write('ee\nfour')
    run.end()
    await run.until(() => run.finished)
    expect(run.lines).toEqual(['one', 'two', 'three', 'four'])
  })

  it('does not offer half a line again before there is more', async () => {
    await using run = start(await make())
    run.write('half')
    await new Promise(done => setTimeout(done, 150))
    expect(run.offers).toBeLessThan(4)
    run.write(' and half\n')
    await run.until(() => run.lines.length === 1)
    expect(run.lines).toEqual(['half and half'])
  })
}

/** A reader as an engine is one: it takes whole lines only, and the rest once the stream is finished. */
export function start(fixture: Fixture, bufferSize = 4096) {
  const abort = new AbortController()
  const state = {
    lines: [] as string[],
    names: new Set<string>(),
    offers: 0,
    finished: false,
    replayable: false
  }
  const ended = (async () => {
    for await (const streams of fixture.source.ready(abort.signal)) {
      state.offers++
      for (const stream of streams) {
        state.names.add(stream.name)
        state.lines.push(...takeLines(stream, bufferSize))
        state.finished ||= stream.finished && stream.pending === 0
        state.replayable = stream.replayable
        fixture.source.committed?.(stream.id, stream.position())
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
      await fixture.source.close()
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
