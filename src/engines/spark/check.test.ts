import { describe, expect, it } from 'vitest'
import { sparkMissing, sparkServer } from '../../../test/spark.ts'
import { MINUTE, SECOND } from '../../core/time.ts'
import type { EnginePlan } from '../../counting/plan.ts'
import { kafkaOptions } from '../../sources/kafka/options.ts'
import type { EngineFinding } from '../kind.ts'
import { sparkKind } from './index.ts'

/** A plan over a topic of brokers that are not there. */
const plan: EnginePlan = {
  name: 'check',
  sources: [
    {
      name: 'logs',
      options: { type: 'kafka', ...kafkaOptions.parse({ brokers: ['127.0.0.1:1'], topics: ['logs'] }) },
      known: []
    }
  ],
  window: 10 * SECOND,
  lateness: MINUTE,
  aging: true,
  country: true,
  limit: 1000,
  signals: []
}

async function findings(connect: string, more: object = {}): Promise<EngineFinding[]> {
  const all: EngineFinding[] = []
  const options = sparkKind.options.parse({ connect, ...more })
  for await (const finding of sparkKind.check!(options, plan, new AbortController().signal)) all.push(finding)
  return all
}

describe('the check of what the engine on Spark needs', () => {
  it('ends at once where nothing answers, and says what to do', async () => {
    expect(await findings('sc://127.0.0.1:1')).toEqual([
      {
        what: 'connection',
        text: expect.stringMatching(/^sc:\/\/127\.0\.0\.1:1 does not answer: .*\. Check the address/),
        problem: true
      }
    ])
  })

  it.each([
    [{ archive: { path: 'archive' } }, [/^"archive" is below the folder that Spark itself runs in/]],
    [{ archive: { path: '/data/archive' }, lines: false }, [/^"lines: false" changes nothing here/]],
    [{ archive: { path: 's3a://bucket/archive' } }, []],
    [{ lines: false }, []]
  ])('has remarks on an archive that may be meant otherwise: %j', async (settings, remarks) => {
    const found = (await findings('sc://127.0.0.1:1', settings)).filter(({ what }) => what === 'archive')
    expect(found).toEqual(remarks.map(text => ({ what: 'archive', text: expect.stringMatching(text) })))
  })

  it.skipIf(sparkMissing !== undefined)(
    `tries all of it on a real Spark, brokers from its executors${sparkMissing ? `: skipped, ${sparkMissing}` : ''}`,
    async () => {
      const { connect } = await sparkServer()
      const all = await findings(connect)
      expect(all.map(({ what, problem = false }) => `${what} ${problem}`)).toEqual([
        'connection false',
        'executors false',
        'artifacts false',
        'scripts false',
        'source logs true',
        'plan false'
      ])
      const [connection, executors, , scripts, source] = all
      expect(connection?.text).toMatch(/^Spark 4\.\d+\.\d+ at sc:/)
      expect(executors?.text).toMatch(/^1 executor, 2 cores/)
      expect(scripts?.text).toMatch(/^executors run them: Node v\d+\S+ on \S+$/)
      expect(source?.text).toMatch(/^from \S+: Kafka at 127\.0\.0\.1:1 does not answer: connection refused/)
    }
  )
})
