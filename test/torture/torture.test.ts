import { describe, expect, it } from 'vitest'
import { kafkaMissing } from '../kafka.ts'
import { sparkMissing } from '../spark.ts'
import { tortureAlerts } from './alerts.ts'
import { tortureFiles, type Verdict } from './files.ts'
import { tortureFlood } from './flood.ts'
import { tortureKafka } from './kafka.ts'
import { tortureRotated } from './logrotate.ts'
import { logrotateMissing } from './rotated-log.ts'
import { tortureSpark } from './spark.ts'

const TIMEOUT = 600_000

function expectEachOnce({ lines, wrong }: Verdict): void {
  expect(wrong.slice(0, 10)).toEqual([])
  expect(lines).toBeGreaterThan(1000)
}

describe('Visor has each line once', () => {
  it('of a log that is tortured, killed again and again', { timeout: TIMEOUT }, async () => {
    const verdict = await tortureFiles(1, 15_000)
    expectEachOnce(verdict)
    expect(verdict.kills).toBeGreaterThan(1)
  })
})

describe.skipIf(logrotateMissing !== undefined)(
  `Visor has each line once under logrotate${logrotateMissing ? ` (${logrotateMissing})` : ''}`,
  () => {
    it.each([1, 2, 3])('standing still, ended and killed (seed %i)', { timeout: TIMEOUT }, async seed => {
      expectEachOnce(await tortureRotated(seed, 5000))
    })
  }
)

it(
  'Visor mails each alert once, killed again and again, with a mail server in trouble',
  { timeout: TIMEOUT },
  async () => {
    const { lines, wrong, kills } = await tortureAlerts(1, 12_000)
    expect(wrong.slice(0, 10)).toEqual([])
    expect(lines).toBeGreaterThan(100)
    expect(kills).toBeGreaterThan(1)
  }
)

describe.skipIf(kafkaMissing !== undefined)(
  `Visor has each line once of Kafka, its broker restarted${kafkaMissing ? ` (${kafkaMissing})` : ''}`,
  () => {
    it('killed again and again', { timeout: TIMEOUT }, async () => {
      const verdict = await tortureKafka(1, 30_000, 1)
      expectEachOnce(verdict)
      expect(verdict.kills).toBeGreaterThan(1)
    })

    it('two of them, leaving and coming again', { timeout: TIMEOUT }, async () => {
      expectEachOnce(await tortureKafka(2, 15_000, 2))
    })
  }
)

const without = kafkaMissing ?? sparkMissing

describe.skipIf(without !== undefined)(
  `Visor has each line once on Spark${without ? ` (${without})` : ''}`,
  () => {
    it(
      'with Visor, Connect, the worker and the broker killed one after the other',
      { timeout: TIMEOUT },
      async () => {
        expectEachOnce(await tortureSpark(5, 30_000, 0))
      }
    )

    it('with twenty times as many lines as usual, in bounded memory', { timeout: TIMEOUT }, async () => {
      expectEachOnce(await tortureFlood(10_000, 2000, 4000))
    })
  }
)
