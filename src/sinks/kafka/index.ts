import { sinkKind } from '../kind.ts'
import { kafkaSinkOptions } from './options.ts'

const TARGET = /^kafka:\/\/(?<brokers>[^/?]*)\/?(?<topic>[^?]*)\??(?<query>.*)$/

/** A topic of Kafka, one message for each line. */
export const kafkaSink = sinkKind({
  name: 'kafka',
  summary: 'a topic of Kafka, one message for each line',
  example: 'kafka://127.0.0.1:9092/access?key=none&compression=lz4&acks=1',
  options: kafkaSinkOptions,
  take(target) {
    const { brokers = '', topic = '', query } = TARGET.exec(target)?.groups ?? {}
    if (query === undefined) return undefined
    return { brokers, topic, ...Object.fromEntries(new URLSearchParams(query)) }
  },
  async open(options, world) {
    const { openKafka } = await import('./sink.ts')
    return openKafka(options, world.signal)
  }
})
