import { stringify } from 'yaml'
import { common } from '../../src/config/schema.ts'
import { kafkaOptions } from '../../src/sources/kafka/options.ts'
import { serverTls } from '../../src/sources/net/settings.ts'
import { SOURCES } from '../../src/sources/index.ts'
import { block, GENERATED, page, settingsTable, table } from '../markdown.ts'
import * as z from 'zod'

/** docs/sources.md: the kinds of sources and the settings of each. */
export function sourcesPage(): string {
  return page([
    '# Sources',
    GENERATED,
    'Where lines come from. In the configuration each source has a name, and a `type` but for files; on the command line, `visor watch` takes targets.',
    table(
      ['type', 'what it reads', 'on the command line'],
      SOURCES.map(({ name, summary, targets = [] }) => [
        `\`${name}\``,
        summary,
        name === 'file' ? 'a path or pattern' : targets.map(target => `\`${target}\``).join(', ')
      ])
    ),
    'Lines of files count exactly once, whatever happens; those of Kafka too, but for one case that stands there. Lines that come over a connection, in datagrams or from standard input are durable from the first commit after they were read, a quarter of a second or so; when Visor is stopped, the whole lines that have come are read and stored before connections end. A request over HTTP is answered once its lines are stored.',
    'While the store cannot follow, no more is read than it can take: senders over TCP wait, requests are asked to come again, datagrams are dropped and counted. The page shows who waits, and for how long.',
    'All streams of a source over the network have the format that the first lines of one of them showed; lines that follow no format at that time are kept as rejected ones. Name the format where you know it.',
    '## Settings of all sources',
    settingsTable(z.strictObject(common)),
    ...SOURCES.flatMap(({ name, summary, example, options }) => [
      `## ${name}`,
      `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
      block(
        stringify({ sources: { web: { ...(name !== 'file' && { type: name }), ...example } } }),
        'yaml sources'
      ),
      ...(Object.keys(options.shape).length > 0 ? [settingsTable(options)] : []),
      ...(MORE[name] ?? [])
    ]),
    '## tls',
    'What `tls` holds: PEM text; `file:PATH` takes it from a file. Who connects needs no key and no certificate, unless the other side asks for them.',
    settingsTable(serverTls)
  ])
}

/** What there is to know of a kind besides its settings. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  udp: [
    'Datagrams that the system drops before Visor has fetched them are seen by nobody; a larger `receive` helps.'
  ],
  syslog: [
    'Messages over TCP end with their line, or begin with their length (RFC 6587); each message may do so in its own way. A message whose header cannot be read is taken whole.',
    block(
      [
        'access_log syslog:server=127.0.0.1:5514,tag=nginx combined;      # nginx',
        'CustomLog "|/usr/bin/logger -n 127.0.0.1 -P 5514 -T -t httpd" combined   # Apache httpd',
        '*.* action(type="omfwd" target="127.0.0.1" port="5514" protocol="tcp")   # rsyslog'
      ].join('\n')
    )
  ],
  http: [
    block(
      'curl --data-binary @access.log http://127.0.0.1:8514/\ncurl --json \'["a line", {"status": 500}]\' -H \'Authorization: Bearer TOKEN\' http://127.0.0.1:8514/'
    ),
    'A body is lines, whatever its type, but for `application/json`: there an array of texts, which are lines, and objects, which are lines of JSON. It may be packed (`gzip`, `deflate`, `br`, `zstd`).',
    table(
      ['answer', 'when'],
      [
        ['200 `{"lines":2}`', 'the lines are stored'],
        ['400', 'the body is damaged, or no such JSON; nothing of it is taken'],
        ['401', 'the token is missing or wrong'],
        ['403', 'a web page has sent it'],
        ['404, 405', 'another path, another method'],
        ['413', 'the body is larger than `body`'],
        ['415', 'the body is packed in another way'],
        [
          '503 `Retry-After`',
          'the store cannot follow, or Visor is about to stop; nothing was taken, unless the response says that this is not certain'
        ]
      ]
    )
  ],
  kafka: [
    'Brokers are to be of Kafka 3.1 or later. A message is one line or many; a message without a value is passed over, and messages of transactions are read once those are committed.',
    'Positions are kept in the store, in one transaction with the lines, and committed to the consumer group about once a second and before a partition is revoked: so tools show the lag, and each line counts exactly once also where several Visors, each with its own store, are members of the group, join and leave. Where store and group both know an offset, the one that is further on counts. All members of the group have to be Visors that do the same: `visor relay` has a group of its own.',
    'The one case: when a Visor was killed, or hung, for more than ten seconds, its partitions are assigned to others, which go on at the committed offsets. What it had stored and not committed, about a second at the most, is counted by both. A Visor that is back before keeps its partitions, and no line counts twice.',
    'Messages that were removed before they were read are reported and counted; a topic that was deleted and created anew is read from its beginning; brokers that are gone, refuse or know no such topic are reported on the page and tried again.',
    'What `sasl` holds:',
    settingsTable(kafkaOptions.shape.sasl.unwrap())
  ]
}
