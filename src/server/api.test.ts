import { expect, it } from 'vitest'
import { shared } from './api.ts'

it('makes calls for one key within the lifetime one call, and no others', async () => {
  const calls: string[] = []
  let now = 0
  const load = shared(
    async (key: string) => {
      calls.push(key)
      return calls.length
    },
    1000,
    () => now
  )
  expect(await Promise.all([load('a'), load('a'), load('b')])).toEqual([1, 1, 2])
  now = 999
  expect(await load('a')).toBe(1)
  now = 1000
  expect(await load('a')).toBe(3)
  expect(calls).toEqual(['a', 'b', 'a'])
})

it('asks again after a failure', async () => {
  let failing = true
  const load = shared(
    async () => {
      if (failing) throw new Error('down')
      return 'up'
    },
    1000,
    () => 0
  )
  await expect(load('a')).rejects.toThrow('down')
  failing = false
  expect(await load('a')).toBe('up')
})
