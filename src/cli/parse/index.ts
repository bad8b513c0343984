import { addCounters, NO_COUNTERS } from '../../core/source.ts'
import { command } from '../command.ts'
import { print, type Context } from '../context.ts'
import { choiceOption, configOption, flag, formatOptions, whereOption, type OptionsOf } from '../options.ts'
import { scrubFor, scrubOption } from '../scrubbing.ts'

const options = {
  ...formatOptions,
  where: whereOption,
  schema: choiceOption(
    '--schema <names>',
    'what the fields are called: as in docs/formats.md (visor), by OpenTelemetry (otel), or by the Elastic Common Schema (ecs)',
    ['visor', 'otel', 'ecs']
  ),
  config: configOption,
  scrub: scrubOption,
  explain: flag('--explain', 'show for the first lines which bytes fill which field, and where a line breaks')
}

/** `visor parse`: lines in, JSON events out. */
export const parseCommand = command({
  name: 'parse',
  summary: 'turn lines into JSON events, one a line',
  description:
    'Turn lines into JSON events, one a line, on standard output. Lines that do not follow the format go to ' +
    'standard error with line, column and reason, and a count closes the run. ' +
    'Durations are in seconds; a field that the line has not (-) is left out. ' +
    'Code 1 when there were lines and none could be parsed.',
  arguments: [['[file...]', 'log files, plain or gzip; standard input when none is named, or for -']],
  options,
  examples: [
    ["visor parse access.log --where 'status:>=500'", 'failed requests as JSON'],
    ['tail -f access.log | visor parse -f \'%h %l %u %t "%r" %>s %b\'', 'a stream in a format of your own'],
    ['visor parse --schema ecs access.log', 'events by the names of the Elastic Common Schema'],
    ['visor parse --explain access.log', 'the first lines, piece by piece'],
    ['visor parse access.log > /dev/null', 'only the rejected lines and the count']
  ],
  run: ([files], options, context) => parse(files.length > 0 ? files : ['-'], options, context)
})

type ParseOptions = OptionsOf<typeof options>

/** How many lines are taken apart. */
const EXPLAINED = 3

/** The first lines taken apart instead of turned into events. */
async function explain(
  files: readonly string[],
  { format, ...options }: ParseOptions,
  context: Context
): Promise<void> {
  const { tracedFile } = await import('../traced.ts')
  const scrub = await scrubFor(options, context.env)
  for (const file of files)
    await print(context.stdout, await tracedFile(file, format, EXPLAINED, scrub, context.signal))
}

async function parse(files: readonly string[], options: ParseOptions, context: Context): Promise<void> {
  const [{ readLines }, { inspectBulk }, { formatsFor }, { parseQuery }] = await Promise.all([
    import('./lines.ts'),
    import('../../sources/bulk/index.ts'),
    import('../../formats/index.ts'),
    import('../../query/index.ts')
  ])
  const where = options.where === undefined ? undefined : parseQuery(options.where)
  if (options.format !== undefined) formatsFor(options.format)
  for (const file of files) inspectBulk(file)
  if (options.explain) return explain(files, options, context)
  const { stdout, stderr, signal } = context
  const sink = {
    events: (json: string) => print(stdout, json),
    rejected: (text: string) => print(stderr, text)
  }
  const scrub = await scrubFor(options, context.env)
  const total = { ...NO_COUNTERS }
  for (const file of files)
    addCounters(total, await readLines(file, { ...options, where, scrub, clock: Date.now, signal }, sink))
  const { read, parsed, rejected } = total
  await print(stderr, `${read} read, ${parsed} parsed, ${rejected} rejected\n`)
  if (read > 0 && parsed === 0) context.exitCode = 1
}
