import { expect, it } from 'vitest'
import type { LineBatch, Sink, SinkDependencies } from '../core/sink.ts'

/** A sink under test and what stands behind it. */
export interface Fixture {
  readonly open: (dependencies: SinkDependencies) => Promise<Sink>
  /** The lines that have arrived behind it by now, in order. */
  readonly received: () => Promise<readonly string[]>
}

/** Lines for a sink, with all that a framed one needs. */
export function linesOf(texts: readonly string[], keys?: readonly (string | null)[]): LineBatch {
  const parts = texts.map(text => Buffer.from(`${text}\n`))
  let end = 0
  const ends = Uint32Array.from(parts, part => (end += part.length))
  return { bytes: Buffer.concat(parts), count: texts.length, ends, keys: keys ?? texts.map(() => null) }
}

/** What a sink is opened with where nothing aborts. */
export function sinkDependencies(signal = new AbortController().signal): SinkDependencies {
  return { signal, clock: Date.now, stdout: process.stdout }
}

function numbered(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `line ${from + i} "é\\x00" ${'x'.repeat((from + i) % 300)}`)
}

/** What every sink must do, wherever its lines go. `make` gives a fresh one with nothing behind it. */
export function conformsToSink(make: () => Promise<Fixture>): void {
  it('hands over all lines in order and counts them', async () => {
    const { open, received } = await make()
    const sink = await open(sinkDependencies())
    const all: string[] = []
    for (let i = 0; i < 20; i++) {
      const some = numbered(all.length, 1 + i * 37)
      all.push(...some)
      await sink.write(linesOf(some))
      expect(sink.written).toBeLessThanOrEqual(all.length)
    }
    await sink.close()
    expect(sink.written).toBe(all.length)
    expect(await received()).toEqual(all)
  })

  it('has no need of the bytes once it has taken them', async () => {
    const { open, received } = await make()
    const sink = await open(sinkDependencies())
    for (const text of ['first', 'second']) {
      const lines = linesOf([text])
      await sink.write(lines)
      lines.bytes.fill(0x21)
    }
    await sink.close()
    expect(await received()).toEqual(['first', 'second'])
  })

  it('takes no lines for none, and may be closed twice', async () => {
    const { open, received } = await make()
    const sink = await open(sinkDependencies())
    await sink.write(linesOf([]))
    await sink.close()
    await sink.close()
    expect([sink.written, await received()]).toEqual([0, []])
  })

  it('has a name, and reports each warning once', async () => {
    const { open } = await make()
    const sink = await open(sinkDependencies())
    await sink.write(linesOf(['one']))
    sink.warnings?.()
    expect([sink.name === '', sink.warnings?.() ?? []]).toEqual([false, []])
    await sink.close()
  })

  it('closes when the signal has aborted, and what it has counted is out, in whole lines', async () => {
    const { open, received } = await make()
    const abort = new AbortController()
    const sink = await open(sinkDependencies(abort.signal))
    const all = numbered(0, 5000)
    await sink.write(linesOf(all.slice(0, 2000)))
    const rest = sink.write(linesOf(all.slice(2000))).catch((error: unknown) => error)
    abort.abort('stopped')
    expect([undefined, 'stopped']).toContain(await rest)
    await sink.close()
    const arrived = await received()
    expect(sink.written).toBeLessThanOrEqual(arrived.length)
    expect(arrived).toEqual(all.slice(0, arrived.length))
  })

  it('keeps a line of a megabyte whole', async () => {
    const { open, received } = await make()
    const sink = await open(sinkDependencies())
    const long = 'y'.repeat(900_000)
    await sink.write(linesOf(['before', long, 'after']))
    await sink.close()
    expect(await received()).toEqual(['before', long, 'after'])
  })
}
