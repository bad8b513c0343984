import * as z from 'zod'
import { broker, topic } from '../../kafka/settings.ts'

/** What a user can set for a Kafka sink. */
export const kafkaSinkOptions = z.strictObject({
  brokers: z
    .string()
    .transform(text => text.split(','))
    .pipe(z.array(broker))
    .describe('Some of the brokers, as HOST:PORT with commas between; the others are found through them.'),
  topic: topic.describe('Where the lines go. A topic that is not there is created if the brokers do so.'),
  key: z
    .enum(['client', 'none'])
    .default('client')
    .describe(
      'client: lines of the same client go to the same partition and keep their order. none: they are spread evenly.'
    ),
  compression: z.enum(['none', 'gzip', 'snappy', 'lz4', 'zstd']).default('zstd').describe('Of each batch.'),
  acks: z
    .enum(['all', '1', '0'])
    .default('all')
    .describe(
      'Whose word a line waits for. all: each replica in sync, and every line is there exactly once; 1: the leader; 0: nobody.'
    )
})

export type KafkaSinkOptions = z.output<typeof kafkaSinkOptions>
