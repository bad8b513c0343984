import { Option, type Command } from 'commander'
import type { Shape } from './rows.ts'
import type { QueryRequest } from './run.ts'
import { print, widthOf, type Context } from '../context.ts'
import { wholeNumber } from '../options.ts'

interface QueryOptions extends Omit<QueryRequest, 'shape' | 'width'> {
  readonly json?: true
  readonly csv?: true
}

const EXAMPLES = `
Examples:
  visor query 'status:>=500 AND path:/api/*' --since 1h
  visor query 'client:10.0.0.7' --fields time,method,path,status
  visor query 'bot:*' --stats 'count by bot'
  visor query --stats 'p95 duration by path' --csv
  visor query --signatures
  visor query --sql 'select status, count(*) from log group by 1'

The query language: docs/query.md`

/** `visor query`: stored lines that pass a query, figures about them, or SQL. */
export function queryCommand(program: Command, context: Context): void {
  program
    .command('query')
    .summary('find stored lines, count them, ask in SQL')
    .description('Finds stored lines: asks the Visor that runs on the store, or opens the store itself.')
    .argument('[query]', 'which lines; all when not given', '')
    .option('--since <when>', 'only lines from then on: a span back from now (1h, 7d) or an ISO time')
    .option('--until <when>', 'only lines before then')
    .option(
      '--source <name>',
      'only lines of this source; may be given again',
      (name: string, before?: string[]) => [...(before ?? []), name]
    )
    .option('--fields <names>', 'print these fields instead of the lines, with commas between them')
    .option(
      '-n, --limit <count>',
      'the newest lines, or rows, at most (default: 100)',
      wholeNumber(1, 100_000)
    )
    .option('--stats <what>', "a figure for each group of lines: 'count by client', 'p95 duration by path'")
    .option('--signatures', 'messages of error logs that are alike, with first and last time')
    .addOption(
      new Option('--sql <select>', 'one SELECT over the view log').conflicts([
        'stats',
        'signatures',
        'fields'
      ])
    )
    .addOption(new Option('--json', 'print one JSON object a line').conflicts('csv'))
    .option('--csv', 'print CSV')
    .option('--store <folder>', 'the folder of the store')
    .option('-c, --config <file>', 'the configuration; searched for when not given')
    .addHelpText('after', EXAMPLES)
    .action(async (query: string, options: QueryOptions) => {
      const { askQuery } = await import('./run.ts')
      const shape: Shape = options.json ? 'json' : options.csv ? 'csv' : 'text'
      const { text, note } = await askQuery(
        query,
        { ...options, shape, width: widthOf(context.stdout) },
        context.env,
        Date.now
      )
      await print(context.stdout, text)
      if (note !== undefined && context.stderr.isTTY !== false) await print(context.stderr, `${note}\n`)
    })
}
