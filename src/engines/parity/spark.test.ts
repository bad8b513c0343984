import { existsSync, globSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kafkaMissing, startBroker, type Broker } from '../../../test/kafka.ts'
import { sparkMissing, sparkServer } from '../../../test/spark.ts'
import type { EngineSource } from '../../counting/plan.ts'
import { kafkaOptions } from '../../sources/kafka/options.ts'
import { produce, type Message } from '../../sources/kafka/testing/produce.ts'
import { sparkKind } from '../spark/index.ts'
import { contenderOf, type Contender } from './run.ts'
import { INPUTS } from './testing/inputs.ts'
import { differencesOf, heldAgainst, sourceOf } from './testing/held-against.ts'

const LOGS = '../shared/data/{access,error,cases}/*.log'
const missing = sparkMissing ?? kafkaMissing
const noLogs = existsSync('../shared/data') ? undefined : 'there is no ../shared/data'

async function spark(lines = true): Promise<Contender> {
  const { connect } = await sparkServer()
  return contenderOf(sparkKind, { type: 'spark', ...sparkKind.options.parse({ connect, lines }) })
}

describe.skipIf(sparkMissing !== undefined || noLogs !== undefined)(
  `the logs of others, by Spark${note(sparkMissing ?? noLogs)}`,
  () => {
    it('are what the embedded engine makes of them, to the last count', async () => {
      const sources = globSync(LOGS).map(path => sourceOf(resolve(path)))
      const { categories, lines } = await heldAgainst(await spark(), {
        sources,
        aging: true,
        now: Date.now()
      })
      expect(differencesOf(categories)).toEqual([])
      expect(lines).toBeGreaterThan(90_000)
    })
  }
)

/** What may be in a topic: a line a message, many in one, a part of one, none at all, one that takes a key back. */
function messages(): Message[] {
  const files = INPUTS.filter(({ format }) => format === undefined).flatMap(({ files }) =>
    Object.values(files)
  )
  const [plain = '', hostile = ''] = files
  const lines = Buffer.from(plain).toString('latin1').split('\n').slice(0, 900)
  const values = [
    ...lines.slice(0, 300),
    ...[0, 1, 2].map(i => `${lines.slice(300 + i * 100, 400 + i * 100).join('\n')}\n`),
    lines.slice(600, 700).join('\r\n'),
    '',
    '\n\n',
    ...Buffer.from(hostile).toString('latin1').split('\n').slice(0, 300),
    // As long as a broker takes them.
    lines[0]!.replace('GET /', `GET /${'z'.repeat(900_000)}`)
  ]
  return values.flatMap((value, i): Message[] => [
    { partition: i % 3, value: Buffer.from(value, 'latin1') },
    ...(i % 50 === 0 ? [{ partition: i % 3, key: 'taken back', value: undefined }] : [])
  ])
}

describe.skipIf(missing !== undefined)(`topics of Kafka, read by Spark's executors${note(missing)}`, () => {
  let broker: Broker
  beforeAll(async () => {
    broker = await startBroker()
    await broker.createTopic('mixed', 3)
    await produce(broker, 'mixed', messages())
  })
  afterAll(async () => broker[Symbol.asyncDispose]())

  it.each([true, false])('are what the embedded engine makes of them; lines come back: %s', async lines => {
    const options = { type: 'kafka', ...kafkaOptions.parse({ brokers: [broker.address], topics: ['mixed'] }) }
    const source: EngineSource = { name: 'mixed', options, known: [], zone: 'UTC' }
    const held = await heldAgainst(await spark(lines), { sources: [source], aging: true })
    expect(differencesOf(held.categories)).toEqual([])
    expect(held.lines).toBeGreaterThan(900)
  })
})

function note(reason: string | undefined): string {
  return reason === undefined ? '' : `: skipped, ${reason}`
}
