import { MEASURES } from './stats.ts'

const TERMS: readonly (readonly [query: string, meaning: string])[] = [
  ['status:404', 'the field is just that'],
  [
    'path:/api/*',
    '`*` is any text, also none; `?` is one character. The whole text is compared, with its case'
  ],
  ['path:"/a b"', 'a text in quotes (`"` or `\'`) has no wildcards'],
  ['agent:/bot|spider/i', 'a regular expression, found anywhere in the text; `i`: A to Z with either case'],
  ['client:*', 'the field is there; `NOT client:*`: it is not'],
  ['status:>=500', '`>` `>=` `<` `<=` `=`; `status>=500` is the same'],
  ['status:[400 TO 499]', 'a range; `{` and `}` leave its ends out, `*` is no end: `bytes:[1MB TO *]`'],
  ['status:5xx', '500 to 599; `status_class:5xx` is the same'],
  ['duration:>250ms', 'durations in seconds, or `us`, `ms`, `m`, `h`'],
  ['bytes:>=10kB', 'sizes in bytes, or `kB`, `MB`, `GB`, `KiB`, `MiB`, `GiB`'],
  [
    'time:2015-05-17',
    'a day; so with hours, minutes, seconds: `time:>=2015-05-17T10:05Z`. UTC where no zone is told'
  ],
  ['kind:error', '`access` or `error`; `source:name` is where the line came from'],
  ['login', 'a word without a field: in any text of the line, A to Z with either case'],
  ['a b', 'both; `a AND b` is the same. `a OR b`, `NOT a` (or `-a`, `!a`), and parentheses'],
  ['status:(403 OR 404)', 'several values of one field']
]

const RULES = [
  '`AND` goes before `OR`. Names of fields and `AND`, `OR`, `NOT` are written as here.',
  'A test of a field that the line does not have does not hold, so `NOT status:200` also finds lines without a status.',
  'A backslash takes the character behind it as it is: `path:/a\\*`, `\\(`. Texts with blanks or parentheses are best quoted.',
  '`/…/` is a regular expression only where nothing follows the second slash: `/api/*` and `/a/b/` are texts, `"/api/"` needs quotes. It may hold what all of Visor\'s engines read alike: classes, groups, alternatives, repeats, `\\d` `\\w` `\\b`, but no look-around, references, or `\\s`.',
  'Numbered fields, headers and the like are asked for as docs/formats.md calls them: `header.x-forwarded-for:10.*`, `status_2:304`. Derived fields too: `browser:Firefox`, `bot:*`, `country:DE`, `signature:AH00037*`.',
  'A wrong query is refused, with a mark under the character.'
]

const STATS: readonly (readonly [stats: string, meaning: string])[] = [
  ['count', 'lines'],
  ['count by client', 'lines of each client, the largest first'],
  ['p95 duration by path', 'the 95th percentile of the time taken, by path'],
  ['sum bytes by hour', 'bytes of each hour, the oldest first; also `minute` and `day`'],
  ['unique client by day', 'distinct clients of each day'],
  ['count by vhost, status_class', 'by two fields']
]

/** The reference of the query language as Markdown. */
export function queryReference(): string {
  return [
    'One syntax everywhere: `visor query`, `--where` of `visor report` and `visor parse`, and the API. It is that of Lucene, as log people know it.',
    table(['query', 'which lines'], TERMS),
    RULES.map(rule => `- ${rule}`).join('\n'),
    '## Figures',
    `\`visor query --stats\`: a measure (${MEASURES.map(name => `\`${name}\``).join(' ')}), its field, and \`by\` fields or steps of time. Percentiles are values of lines (nearest rank).`,
    table(['stats', 'what it gives'], STATS),
    '## SQL',
    '`visor query --sql` runs one SELECT of [DuckDB](https://duckdb.org/docs/stable/sql/introduction) over the view `log`: a column for each field, besides `time`, `zone`, `source` and `kind`. Durations are in microseconds there. Derived fields are not in it.'
  ].join('\n\n')
}

function table(head: readonly string[], rows: readonly (readonly [string, string])[]): string {
  const lines = [head, head.map(() => '---'), ...rows.map(([first, second]) => [`\`${first}\``, second])]
  return lines.map(cells => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n')
}
