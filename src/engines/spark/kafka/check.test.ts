import { describe, expect, it } from 'vitest'
import { kafkaOptions } from '../../../sources/kafka/options.ts'
import { SparkError } from '../../../spark/problem.ts'
import type { EngineFinding } from '../../kind.ts'
import { checkKafka } from './check.ts'

const options = { type: 'kafka', ...kafkaOptions.parse({ brokers: ['127.0.0.1:1'], topics: ['logs'] }) }
const sources = ['a', 'b'].map(name => ({ name, options, known: [] }))

/** What is found where Spark answers each question with this. */
async function findings(detail: string): Promise<EngineFinding[]> {
  const all: EngineFinding[] = []
  const ask = () => Promise.reject(new SparkError('plan', 'sc://a:1: it fails', { detail }))
  const { signal } = new AbortController()
  for await (const finding of checkKafka(
    [...sources, { name: 'c', options: { type: 'stdin' }, known: [] }],
    ask,
    signal
  ))
    all.push(finding)
  return all
}

describe('the check of Kafka as Spark reads it', () => {
  it('has the partitions of each source', async () => {
    const text = 'Spark reaches the brokers: 2 partitions'
    expect(await findings('Specified: Set(x-0) Assigned: Set(logs-0, logs-1)')).toEqual([
      { what: 'source a', text },
      { what: 'source b', text }
    ])
  })

  it('says once that the connector is missing, and how to get it', async () => {
    expect(await findings('Failed to find data source: kafka. Please deploy the application')).toEqual([
      { what: 'connector', text: expect.stringContaining('spark-sql-kafka-0-10'), problem: true }
    ])
  })

  it('says of each source what Spark says of its brokers', async () => {
    const found = await findings('Timed out waiting for a node assignment. Call: listNodes')
    expect(found.map(({ what, problem }) => [what, problem])).toEqual([
      ['source a', true],
      ['source b', true]
    ])
    expect(found[0]?.text).toMatch(/^sc:\/\/a:1: it fails\. With kafka\.read: spark/)
  })
})
