import { expect, it } from 'vitest'
import { wallOffsets } from './zone.ts'

it.each<[string, string, number]>([
  ['UTC', '2024-01-01T00:00', 0],
  ['Asia/Kolkata', '2024-01-01T00:00', 330],
  ['America/St_Johns', '2024-01-01T00:00', -210],
  ['Europe/Berlin', '2024-03-31T01:59', 60],
  // Left out by the clocks: as before.
  ['Europe/Berlin', '2024-03-31T02:30', 60],
  ['Europe/Berlin', '2024-03-31T03:00', 120],
  ['Europe/Berlin', '2024-10-27T01:59', 120],
  // Shown twice: the first time.
  ['Europe/Berlin', '2024-10-27T02:30', 120],
  ['Europe/Berlin', '2024-10-27T03:00', 60],
  ['America/New_York', '1999-07-01T12:00', -240],
  ['Australia/Lord_Howe', '2024-10-06T02:29', 630],
  ['Australia/Lord_Howe', '2024-10-06T02:30', 660],
  ['Pacific/Chatham', '2024-07-01T00:00', 765]
])('clocks of %s are at %s ahead by %i minutes', (zone, wall, minutes) => {
  const offsetOf = wallOffsets(zone)
  expect(offsetOf(Date.parse(`${wall}Z`) * 1000)).toBe(minutes)
  expect(offsetOf(Date.parse(`${wall}Z`) * 1000)).toBe(minutes)
})

it('refuses a zone that is unknown', () => {
  expect(() => wallOffsets('Mars/Olympus')).toThrow('unknown time zone "Mars/Olympus"')
})
