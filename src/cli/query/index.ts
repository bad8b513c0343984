import { progressText, type AnswerProgress } from '../../core/answer.ts'
import { command } from '../command.ts'
import { CLEAR_LINE, print, terminalWidth } from '../context.ts'
import { queryOptions } from './options.ts'

/** `visor query`: stored lines that pass a query, figures about them, or SQL. */
export const queryCommand = command({
  name: 'query',
  summary: 'find stored lines, count them, ask in SQL',
  description:
    'Finds stored lines: asks the Visor that runs on the store, or opens the store itself. The query language is in ' +
    'docs/query.md.',
  arguments: [['[query]', 'which lines; all when not given']],
  options: queryOptions,
  examples: [
    ["visor query 'status:>=500 AND path:/api/*' --since 1h", 'lines of the last hour'],
    ["visor query 'client:10.0.0.7' --fields time,method,path,status", 'only some of their fields'],
    ["visor query 'bot:*' --stats 'count by bot'", 'a count for each bot'],
    ["visor query --stats 'p95 duration by path' --csv", 'how slow each path is, as CSV'],
    ['visor query --signatures', 'messages of error logs that are alike'],
    ["visor query --sql 'select status, count(*) from log group by 1'", 'SQL over all lines']
  ],
  run: async ([query = ''], options, { stdout, stderr, env, signal }) => {
    const { askQuery } = await import('./run.ts')
    const shape = options.json ? 'json' : options.csv ? 'csv' : 'text'
    const onProgress = (progress: AnswerProgress): void =>
      void stderr.write(`${CLEAR_LINE}${progressText(progress)}`)
    const { text, note } = await askQuery(
      query,
      { ...options, shape, width: terminalWidth(stdout) },
      env,
      Date.now,
      { signal, ...(stderr.isTTY && { onProgress }) }
    ).finally(() => stderr.isTTY && stderr.write(CLEAR_LINE))
    await print(stdout, text)
    if (note !== undefined && stderr.isTTY !== false) await print(stderr, `${note}\n`)
  }
})
