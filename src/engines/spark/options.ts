import * as z from 'zod'
import { TextProblem } from '../../core/caret.ts'
import { durationSetting } from '../../settings/duration.ts'
import { sizeSetting } from '../../settings/size.ts'
import { parseSparkAddress } from '../../spark/address.ts'

const connect = z
  .string('expected the address of a Spark Connect server, such as "sc://spark.example.org:15002"')
  .superRefine((text, context) => {
    try {
      parseSparkAddress(text)
    } catch (error) {
      if (!(error instanceof TextProblem)) throw error
      // Without the text: it may hold a token.
      context.addIssue({ code: 'custom', message: `${error.message} (character ${error.at + 1})` })
    }
  })
  .describe(
    'The Spark Connect server: `sc://HOST:PORT`, with `/;token=…;use_ssl=true` behind it where it asks for a token or TLS.'
  )

const batch = z.strictObject({
  interval: durationSetting(
    '50ms',
    '1m',
    'From the beginning of one batch to that of the next while little waits; when more waits, the next begins at once.'
  ).prefault('250ms'),
  longest: durationSetting(
    '250ms',
    '1m',
    'How long the lines of a batch are to take when much waits, besides what any batch takes: batches grow until they take so long, and shrink when they take longer.'
  ).prefault('2s'),
  timeout: durationSetting(
    '5s',
    '1h',
    'After so long a batch has failed; it is asked again, and its workers have ended themselves by then.'
  ).prefault('1m'),
  maxBytes: sizeSetting(
    '1MiB',
    '1GiB',
    'The most bytes of lines in one batch: bounds the memory that a batch takes here and on the executors.'
  ).prefault('128MiB')
})

const archive = z.strictObject({
  path: z
    .string()
    .min(1, 'expected a folder, such as "hdfs:///archive"')
    .describe('The folder, as Spark names it: `/data/archive`, `hdfs:///archive`, `s3a://bucket/archive`.'),
  every: durationSetting(
    '1s',
    '10m',
    'How long lines wait at most until they are written. Their counts are stored with them; page and alerts do not wait.'
  ).prefault('10s'),
  retention: durationSetting('1d', '10y', 'Lines are dropped so long after they were read.').prefault('30d')
})

/** What a user can set for the engine that runs on Spark. */
export const sparkOptions = z
  .strictObject({
    connect,
    lines: z
      .boolean()
      .default(true)
      .describe(
        'Whether lines come back and are kept in the store, for searching; without them only counts come, which takes far less.'
      ),
    kafka: z
      .strictObject({
        read: z
          .enum(['worker', 'spark'])
          .default('worker')
          .describe(
            "Who reads Kafka: Visor's worker on the executors, or Spark's own source, which is slower, where only the cluster may reach the brokers: with its credentials, without a consumer group, and with Kafka's connector on the server."
          )
      })
      .prefault({})
      .describe('How sources of Kafka are read.'),
    archive: archive
      .optional()
      .describe('Where lines are kept as Parquet instead of in the store, to be searched through Spark.'),
    batch: batch.prefault({}).describe('How large batches are, and when they begin.'),
    node: z
      .string()
      .regex(/\/|^[\w.+-]+$/, 'expected the path of a program, or the name of one, such as "node"')
      .optional()
      .describe(
        'Node for executors, 24 or newer. A path is that of a program on this machine, for executors of another platform, and is sent to them; a name, such as `node`, is that of one in their own PATH, and none is sent. The one that Visor brings when absent.'
      )
  })
  .superRefine(({ archive, kafka }, context) => {
    if (archive && kafka.read === 'spark')
      context.addIssue({
        code: 'custom',
        path: ['kafka', 'read'],
        message:
          'does not go with "archive", whose workers read Kafka by themselves: leave out either "read: spark" or "archive"'
      })
  })

export type SparkEngineOptions = z.output<typeof sparkOptions>
