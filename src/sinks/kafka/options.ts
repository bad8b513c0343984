import * as z from 'zod'

const BROKER = /^(?:\[[\da-f:.]+\]|[\w.-]+):(\d{1,5})$/i

function isBroker(text: string): boolean {
  const port = Number(BROKER.exec(text)?.[1])
  return port > 0 && port < 65_536
}

/** What a user can set for a Kafka sink. */
export const kafkaSinkOptions = z.strictObject({
  brokers: z
    .string()
    .transform(text => text.split(','))
    .pipe(z.array(z.string().refine(isBroker, 'a broker is HOST:PORT, or [IPv6]:PORT')))
    .describe('Some of the brokers, as HOST:PORT with commas between; they tell of the others.'),
  topic: z
    .string()
    .regex(/^(?!\.{1,2}$)[\w.-]{1,249}$/, 'a topic is 1 to 249 of a-z, A-Z, 0-9, dot, hyphen and underscore')
    .describe('Where the lines go. A topic that is not there is created if the brokers do so.'),
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
