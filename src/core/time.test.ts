import { expect, it } from 'vitest'
import { fineClock, HOUR_MS } from './time.ts'

it('counts on between whole milliseconds, and follows the clock when it is set', () => {
  let [now, offset] = [1000.4, 0]
  const clock = fineClock(
    () => Math.floor(now + offset),
    () => now
  )
  const off: number[] = []
  for (const step of [0.3, 0.3, 0.2, 0.9, 0.05, 3.3, 0.1]) {
    now += step
    off.push(Math.abs(clock() - (now + offset)))
  }
  expect(Math.max(...off)).toBeLessThanOrEqual(0.4)
  offset = HOUR_MS
  expect(Math.abs(clock() - (now + offset))).toBeLessThan(1)
  offset = -5000
  expect(Math.abs(clock() - (now + offset))).toBeLessThanOrEqual(1)
})
