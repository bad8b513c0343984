import { kafkaTargetParts } from '../../kafka/settings.ts'
import { sourceKind } from '../kind.ts'
import { partitionAccount } from './fetch-position.ts'
import { kafkaOptions } from './options.ts'

/** Topics of Kafka, each line exactly once. */
export const kafkaKind = sourceKind({
  name: 'kafka',
  summary: 'topics of Kafka, each line exactly once',
  example: { brokers: ['kafka-1.example.org:9092'], topics: ['access'], group: 'visor', start: 'latest' },
  options: kafkaOptions,
  reads({ brokers, topics, pattern }) {
    const what = topics ? topics.join(', ') : `topics that follow ${pattern}`
    return `${what} of kafka ${brokers.join(',')}`
  },
  targets: ['kafka://127.0.0.1:9092/access'],
  take(target) {
    const parts = kafkaTargetParts(target)
    if (!parts) return undefined
    const { brokers, topic, settings } = parts
    return { brokers: brokers.split(','), ...(topic !== '' && { topics: topic.split(',') }), ...settings }
  },
  ends: async options => (await import('./ends.ts')).partitionEnds(options),
  account: partitionAccount,
  async open(options, known, dependencies) {
    const { KafkaSource } = await import('./source.ts')
    return new KafkaSource(options, known, dependencies)
  },
  ranges: {
    async open(options, known, dependencies) {
      const { KafkaRangeSource } = await import('./range-source.ts')
      return new KafkaRangeSource(options, known, dependencies)
    }
  }
})
