import { InvalidArgumentError, type Command } from 'commander'
import { extname } from 'node:path'
import { visible } from '../../core/visible.ts'
import { print, widthOf, type Context } from '../context.ts'
import { writeText } from '../files.ts'
import { addExamples, formatOptions, whereOption, wholeNumber } from '../options.ts'
import { progressLine } from './progress.ts'

const KINDS = ['json', 'txt'] as const
type Kind = (typeof KINDS)[number]

/** Where a report goes: standard output, or a file. */
interface Target {
  readonly kind: Kind
  readonly file?: string
}

interface Options {
  readonly output: Target
  readonly format?: string
  readonly zone?: string
  readonly where?: string
  readonly top: number
  readonly country: boolean
  readonly jobs?: number
}

/** `visor report`: whole files, every panel, no daemon. */
export function reportCommand(program: Command, context: Context): void {
  const [format, zone] = formatOptions()
  const command = program
    .command('report')
    .summary('analyse whole files and print what is in them')
    .description('Analyse whole files (plain or gzip; - is standard input) and print what is in them.')
    .argument('<file...>', 'log files, access and error logs together')
    .option('-o, --output <target>', 'json or txt for standard output, or a file with that suffix', target, {
      kind: 'txt'
    })
    .addOption(format)
    .addOption(zone)
    .addOption(whereOption())
    .option('--no-country', 'leave out where clients are registered')
    .option('-n, --top <count>', 'how many keys each panel shows', wholeNumber(1, 1000), 10)
    .option(
      '-j, --jobs <count>',
      'threads to read with; as many as there are cores when not given',
      wholeNumber(1, 256)
    )
    .action((files: string[], options: Options) => report(files, options, context))
  addExamples(command, [
    ['visor report access.log', 'every panel as text'],
    [
      'visor report access.log access.log.*.gz error.log -o week.json',
      'one report over many files, into a file'
    ],
    ["visor report access.log --where 'status:>=500 AND NOT bot:*'", 'only lines that pass a query'],
    [
      'zcat old.gz | visor report - -f combined -o json | jq .metrics.status.top',
      'standard input, and on into jq'
    ]
  ])
}

function target(text: string): Target {
  const kind = KINDS.find(kind => text === kind || extname(text) === `.${kind}`)
  if (kind === undefined)
    throw new InvalidArgumentError('Expected json, txt, or a file that ends in .json or .txt.')
  return text === kind ? { kind } : { kind, file: text }
}

async function report(files: string[], options: Options, context: Context): Promise<void> {
  const [{ analyze }, { METRICS }, { buildReport }, { renderText }, { parseQuery }] = await Promise.all([
    import('../../engines/embedded/bulk.ts'),
    import('../../metrics/index.ts'),
    import('../../reports/build.ts'),
    import('../../reports/text.ts'),
    import('../../query/index.ts')
  ])
  const { output, top, where, ...reading } = options
  const progress = progressLine(context.stderr)
  const analysis = await analyze(files, {
    ...reading,
    ...(where !== undefined && { where: parseQuery(where) }),
    signal: context.signal,
    onProgress: progress.show
  }).finally(progress.clear)
  for (const { problem } of analysis.files) {
    if (problem === undefined) continue
    context.stderr.write(`visor: ${visible(problem)}\n`)
    context.exitCode = 1
  }
  const built = { ...(where !== undefined && { where }), ...buildReport(analysis, METRICS, top) }
  const width = output.file === undefined ? widthOf(context.stdout) : 80
  const text =
    output.kind === 'json' ? `${JSON.stringify(built, null, 2)}\n` : renderText(built, METRICS, width)
  if (output.file === undefined) await print(context.stdout, text)
  else writeText(output.file, text)
}
