import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kafkaMissing, startBroker, type Broker } from '../../../test/kafka.ts'
import { eventually } from '../../../test/watching.ts'
import type { Sink } from '../../core/sink.ts'
import { linesOf, sinkDependencies } from '../contract.ts'
import { numbered, openTarget } from './testing/open.ts'

const KEYS = 20

/** Lines with keys, as many as the sink takes, until it is stopped; gives their number. */
function produce(sink: Sink): { stop(): Promise<number> } {
  const stopped = new AbortController()
  const producing = (async () => {
    let sent = 0
    for (; !stopped.signal.aborted; sent += 500) {
      const lines = numbered(sent, 500)
      await sink.write(
        linesOf(
          lines,
          lines.map((_, i) => `key ${i % KEYS}`)
        )
      )
      await delay(5)
    }
    return sent
  })()
  return {
    async stop() {
      stopped.abort()
      return producing
    }
  }
}

/** Resolves once another line is acknowledged. */
async function goesOn(sink: Sink): Promise<void> {
  const { written } = sink
  const now = await eventually(
    async () => sink.written,
    now => now > written
  )
  expect(now).toBeGreaterThan(written)
}

describe.skipIf(kafkaMissing)(`a broker that is lost (${kafkaMissing ?? 'Java, and Kafka by Maven'})`, () => {
  let broker: Broker
  beforeAll(async () => {
    broker = await startBroker({ partitions: 3 })
  })
  afterAll(() => broker[Symbol.asyncDispose]())

  it.each(['kill', 'stop'] as const)(
    'has each line exactly once and in order after %s and start',
    async end => {
      const sink = await openTarget(`kafka://${broker.address}/after-${end}`)
      const messages: string[] = []
      const producing = produce(sink)
      await goesOn(sink)
      await broker[end]()
      await eventually(
        async () => messages.push(...(sink.warnings?.() ?? [])),
        () => messages.length > 0
      )
      expect(messages[0]).toMatch(/^kafka 127\.0\.0\.1:\d+(, topic .*)? .*; [\d,]+ lines wait$/)
      await broker.start()
      await goesOn(sink)
      const sent = await producing.stop()
      await sink.close()
      expect(sink.written).toBe(sent)
      messages.push(...(sink.warnings?.() ?? []))
      expect(messages.at(-1)).toBe(`kafka ${broker.address} takes lines again`)

      const received = await broker.consumeAll(`after-${end}`)
      const numbers = received.map(({ value }) => Number(value.slice('line '.length)))
      expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: sent }, (_, i) => i))
      for (const [, lines] of Map.groupBy(received, ({ key }) => key)) {
        const ofKey = lines.map(({ value }) => Number(value.slice('line '.length)))
        expect(ofKey).toEqual(ofKey.toSorted((a, b) => a - b))
      }
    }
  )

  it('is not waited for after an abort: what was acknowledged is counted exactly', async () => {
    const abort = new AbortController()
    const sink = await openTarget(`kafka://${broker.address}/aborted`, sinkDependencies(abort.signal))
    await sink.write(linesOf(numbered(0, 1000)))
    await eventually(
      async () => sink.written,
      written => written === 1000
    )
    await broker.kill()
    const writing = (async () => {
      for (;;) await sink.write(linesOf(['x'.repeat(500_000)]))
    })()
    await eventually(
      async () => sink.warnings?.() ?? [],
      messages => messages.length > 0
    )
    const reason = new Error('stopped')
    abort.abort(reason)
    await expect(writing).rejects.toBe(reason)
    await sink.close()
    expect(sink.written).toBe(1000)
    await broker.start()
    expect(await broker.consumeAll('aborted')).toHaveLength(1000)
  })

  it('that is there gets after an abort what was taken', async () => {
    const abort = new AbortController()
    const sink = await openTarget(`kafka://${broker.address}/last-chance`, sinkDependencies(abort.signal))
    await sink.write(linesOf(numbered(0, 10_000)))
    abort.abort()
    await sink.close()
    expect(sink.written).toBe(10_000)
    expect(await broker.consumeAll('last-chance')).toHaveLength(10_000)
  })
})
