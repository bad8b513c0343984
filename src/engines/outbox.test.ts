import { expect, it } from 'vitest'
import type { Delivery } from '../core/delivery.ts'
import { Outbox } from './outbox.ts'

const none = new Uint8Array(0)

/** A delivery of some lines, each with so many new texts. */
function delivery(rows: number, texts = 0): Delivery {
  const column = {
    codes: new Uint32Array(0),
    dictionary: 'd 0',
    from: 1,
    bytes: none,
    ends: new Uint32Array(rows * texts)
  }
  const events = {
    source: 's',
    kind: 'access' as const,
    escapes: 'apache' as const,
    format: '',
    rows,
    time: new Float64Array(0),
    zone: new Int16Array(0),
    flags: none,
    numbers: new Map(),
    texts: new Map([['path', column]]),
    kept: new Map()
  }
  const position = { source: 's', stream: 'a', name: 'a', position: { offset: 0 }, finished: false }
  return { positions: [position], counters: [], events: [events], rejected: [], rollup: [], signals: [] }
}

/** A store that commits when it is made to. */
function slowSink() {
  const commits: (() => void)[] = []
  const failures: ((error: Error) => void)[] = []
  const write = (): Promise<void> =>
    new Promise((resolve, reject) => {
      commits.push(resolve)
      failures.push(reject)
    })
  return { write, commits, failures }
}

const pending = async (promise: Promise<unknown>): Promise<boolean> =>
  (await Promise.race([promise.then(() => 'done'), new Promise(done => setTimeout(done, 10))])) !== 'done'

it('lets reading go on while little waits, and holds it while much does', async () => {
  const sink = slowSink()
  const outbox = new Outbox(sink)
  await outbox.send(delivery(50_000))
  await outbox.send(delivery(50_000))
  const third = outbox.send(delivery(50_000))
  expect(await pending(third)).toBe(true)
  sink.commits[0]?.()
  await third
  const drained = outbox.drained()
  expect(await pending(drained)).toBe(true)
  for (const commit of sink.commits) commit()
  await drained
})

it('counts new texts as work', async () => {
  const sink = slowSink()
  const sent = new Outbox(sink).send(delivery(50_000, 2))
  expect(await pending(sent)).toBe(true)
  sink.commits[0]?.()
  await sent
})

it('counts long lines as many', async () => {
  const sink = slowSink()
  const rejected = Array.from({ length: 150 }, () => ({
    stream: 'a',
    offset: 0,
    bytes: new Uint8Array(1 << 20),
    reason: ''
  }))
  const sent = new Outbox(sink).send({ ...delivery(0), rejected })
  expect(await pending(sent)).toBe(true)
  sink.commits[0]?.()
  await sent
})

it('reports in order what is durable, and each only once all before it are', async () => {
  const sink = slowSink()
  const outbox = new Outbox(sink)
  const durable: string[] = []
  for (const name of ['a', 'b', 'c']) await outbox.send(delivery(1), () => durable.push(name))
  sink.commits[1]?.()
  await new Promise(done => setTimeout(done, 5))
  expect(durable).toEqual([])
  sink.commits[0]?.()
  await new Promise(done => setTimeout(done, 5))
  expect(durable).toEqual(['a', 'b'])
  sink.failures[2]?.(new Error('disk full'))
  await expect(outbox.drained()).rejects.toThrow('disk full')
  expect(durable).toEqual(['a', 'b'])
})

it('fails when the store does', async () => {
  const sink = slowSink()
  const outbox = new Outbox(sink)
  await outbox.send(delivery(1))
  sink.failures[0]?.(new Error('disk full'))
  await expect(outbox.drained()).rejects.toThrow('disk full')
  await expect(outbox.send(delivery(1))).rejects.toThrow('disk full')
})
