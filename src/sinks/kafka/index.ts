import { kafkaTargetParts } from '../../kafka/settings.ts'
import { sinkKind } from '../kind.ts'
import { kafkaSinkOptions } from './options.ts'

/** A topic of Kafka, one message for each line. */
export const kafkaSink = sinkKind({
  name: 'kafka',
  summary: 'a topic of Kafka, one message for each line',
  example: 'kafka://127.0.0.1:9092/access?key=none&compression=lz4&acks=1',
  options: kafkaSinkOptions,
  take(target) {
    const parts = kafkaTargetParts(target)
    return parts && { brokers: parts.brokers, topic: parts.topic, ...parts.settings }
  },
  async open(options, dependencies) {
    const { openKafka } = await import('./sink.ts')
    return openKafka(options, dependencies.signal)
  }
})
