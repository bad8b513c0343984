import { expect, it } from 'vitest'
import { clockOf } from './schedules.ts'

it.each([
  ['Europe/Berlin', '2026-10-25T00:00:00Z', 'Sun 2026-10-25 02:00:00 UTC+2 Europe/Berlin'],
  ['Europe/Berlin', '2026-10-25T01:00:00Z', 'Sun 2026-10-25 02:00:00 UTC+1 Europe/Berlin'],
  ['Europe/Berlin', '2026-10-25T02:00:00Z', 'Sun 2026-10-25 03:00:00 Europe/Berlin'],
  ['Australia/Lord_Howe', '2026-04-04T15:00:00Z', 'Sun 2026-04-05 01:30:00 UTC+10:30 Australia/Lord_Howe'],
  ['America/St_Johns', '2026-11-01T04:00:00Z', 'Sun 2026-11-01 01:30:00 UTC-2:30 America/St_Johns']
])('the clock of %s at %s shows %s', (zone, time, expected) =>
  expect(clockOf(zone)(Date.parse(time))).toBe(expected)
)
