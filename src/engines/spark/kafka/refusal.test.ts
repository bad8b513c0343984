import { describe, expect, it } from 'vitest'
import { SparkError } from '../../../spark/problem.ts'
import { kafkaRefusalIn } from './refusal.ts'

describe('what Spark says of Kafka', () => {
  it.each([
    [
      "Partitions specified for Kafka start offsets don't match what are assigned.\nSpecified: Set(x-0) Assigned: Set(web-0, my-web-12)",
      {
        kind: 'partitions',
        partitions: [
          { topic: 'web', index: 0 },
          { topic: 'my-web', index: 12 }
        ]
      }
    ],
    ['Specified: Set(x-0) Assigned: Set()', { kind: 'partitions', partitions: [] }],
    [
      'The resolved start offset 500001 is greater than the resolved end offset 500000 \nfor topic web-1 partition 3.',
      { kind: 'shorter', partition: { topic: 'web-1', index: 3 }, end: 500_000 }
    ],
    [
      'Reason: Could not read records in offset [0, 5000) for topic partition web-1-0\nwith consumer group x',
      { kind: 'removed', partition: { topic: 'web-1', index: 0 } }
    ],
    ['Failed to find data source: kafka. Please deploy the application', { kind: 'connector' }],
    ['Timed out waiting for a node assignment. Call: listNodes', undefined]
  ])('%j is heeded', (detail, refusal) =>
    expect(kafkaRefusalIn(new SparkError('task', 'sc://a:1: it fails', { detail }))).toEqual(refusal)
  )
})
