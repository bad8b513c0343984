import * as z from 'zod'
import { broker, topic } from '../../kafka/settings.ts'
import { sizeSetting } from '../../settings/size.ts'
import { eitherTls } from '../net/settings.ts'

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u').unicode
  } catch {
    return false
  }
}

const START = 'expected "earliest", "latest" or a time such as "2026-01-31T12:00:00Z"'

const start = z
  .union([z.enum(['earliest', 'latest']), z.iso.datetime({ offset: true }), z.iso.date()], START)
  .default('earliest')

const text = (expected: string) => z.string(expected).min(1, expected)

const sasl = z.strictObject({
  mechanism: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512'])
    .describe('How the password is shown; plain shows it to whoever can listen, where nothing is encrypted.'),
  username: text('expected a name').describe('Who logs in.'),
  password: text('expected a password').describe('Their password; file:PATH takes it from that file.')
})

/** What a user can set for a Kafka source. */
export const kafkaOptions = z
  .strictObject({
    brokers: z
      .array(broker)
      .min(1, 'expected at least one broker')
      .describe('Some of the brokers, as HOST:PORT; the others are found through them.'),
    topics: z
      .array(topic)
      .min(1, 'expected at least one topic')
      .optional()
      .describe('What is read; a topic that is not there yet is waited for.'),
    pattern: z
      .string()
      .min(1, 'expected a regular expression')
      .refine(isPattern, 'expected a regular expression')
      .optional()
      .describe('Or all topics whose whole name follows this regular expression, those to come included.'),
    group: text('expected the name of a group')
      .max(249, 'expected at most 249 characters')
      .optional()
      .describe(
        'The consumer group; `visor` when not given, and `visor-relay` for `visor relay`. Partitions are assigned to its ' +
          'members, so those with the same group share the lines. When a member is killed and does not come back within ' +
          'ten seconds, the others go on at the committed offsets, and what it stored last and had not committed, about a ' +
          "second's lines at the most, is counted by both."
      ),
    start: start.describe(
      'Where a partition begins that neither the store nor the group knows; one that is made later is always read whole.'
    ),
    maxLineBytes: sizeSetting(
      '1KiB',
      '64MiB',
      'The longest line that is accepted; a longer one is rejected.'
    ).prefault('1MiB'),
    tls: z
      .union([z.literal(true), eitherTls.unwrap()], 'expected true, or a group of "ca", "cert" and "key"')
      .optional()
      .describe('Connections are encrypted: true, or with these.'),
    sasl: sasl.optional().describe('How to log in.')
  })
  .refine(
    ({ topics, pattern }) => (topics === undefined) !== (pattern === undefined),
    'expected either "topics" or "pattern"'
  )

export type KafkaOptions = z.output<typeof kafkaOptions>
