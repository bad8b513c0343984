import { expect, it, vi } from 'vitest'
import { NO_DELIVERY, type Delivery, type StreamPosition } from '../../../core/delivery.ts'
import type { ArchiveBatch } from './archive.ts'
import { ArchivingSink } from './sink.ts'

const AT: StreamPosition = {
  source: '',
  stream: 'archive',
  name: 'archive',
  finished: false,
  position: { offset: 1 }
}

it('holds deliveries while lines cannot be archived, says so once for all, and commits each once afterwards', async () => {
  let failing = true
  const written: ArchiveBatch[] = []
  const archive = {
    async write(batch: ArchiveBatch) {
      if (failing) throw new Error('no room')
      written.push(batch)
      return AT
    },
    committed: () => {}
  }
  const stored: Delivery[] = []
  const store = { write: async (delivery: Delivery) => void stored.push(delivery) }
  const sink = new ArchivingSink(store, archive, 1, () => 5000)
  const deliveries = [{ ...NO_DELIVERY }, { ...NO_DELIVERY }]
  const done = deliveries.map(async delivery => {
    await sink.expect(delivery, { tasks: [], lines: 10 })
    await sink.write(delivery)
  })
  await vi.waitUntil(() => sink.state.failure)
  expect(sink.state.failure).toEqual({
    message: 'lines cannot be archived: no room',
    since: 5000,
    attempts: 1,
    next: 6000
  })
  expect(stored).toEqual([])
  failing = false
  await Promise.all(done)
  expect(sink.state.failure).toBe(undefined)
  expect(written.map(({ lines }) => lines)).toEqual([20])
  expect(stored).toEqual([{ ...NO_DELIVERY, positions: [AT] }])
})
