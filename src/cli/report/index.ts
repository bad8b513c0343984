import { InvalidArgumentError } from 'commander'
import { extname } from 'node:path'
import { formatBytes } from '../../core/units.ts'
import { visible } from '../../core/visible.ts'
import { command } from '../command.ts'
import { CLEAR_LINE, jsonText, print, terminalWidth, type Context, type Output } from '../context.ts'
import { writeText } from '../files.ts'
import {
  formatOptions,
  negation,
  valueOption,
  whereOption,
  integer,
  withDefault,
  type OptionsOf
} from '../options.ts'

const SHAPES = ['json', 'txt'] as const

/** Where a report goes, standard output or a file, and as what. */
interface Target {
  readonly shape: (typeof SHAPES)[number]
  readonly file?: string
}

const options = {
  output: withDefault(
    valueOption(
      '-o, --output <target>',
      'json or txt for standard output, or a file with that suffix',
      target
    ),
    { shape: 'txt' },
    'txt'
  ),
  ...formatOptions,
  where: whereOption,
  country: negation('--no-country', 'leave out where clients are registered'),
  top: withDefault(valueOption('-n, --top <count>', 'how many keys each panel shows', integer(1, 1000)), 10),
  jobs: valueOption(
    '-j, --jobs <count>',
    'threads to read with; as many as there are cores when not given',
    integer(1, 256)
  )
}

/** `visor report`: whole files, every panel, no daemon. */
export const reportCommand = command({
  name: 'report',
  summary: 'analyse whole files and print what is in them',
  description: 'Analyse whole files (plain or gzip; - is standard input) and print what is in them.',
  arguments: [['<file...>', 'log files, access and error logs together']],
  options,
  examples: [
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
  ],
  run: ([files], options, context) => report(files, options, context)
})

type ReportOptions = OptionsOf<typeof options>

function target(text: string): Target {
  const shape = SHAPES.find(shape => text === shape || extname(text) === `.${shape}`)
  if (shape === undefined)
    throw new InvalidArgumentError('Expected json, txt, or a file that ends in .json or .txt.')
  return text === shape ? { shape } : { shape, file: text }
}

async function report(files: readonly string[], options: ReportOptions, context: Context): Promise<void> {
  const [{ analyze }, { METRICS }, { reportContents }, { jsonReport, textReport }, { parseQuery }] =
    await Promise.all([
      import('../../engines/embedded/bulk.ts'),
      import('../../metrics/index.ts'),
      import('../../reports/contents.ts'),
      import('../../reports/report.ts'),
      import('../../query/index.ts')
    ])
  const { output, top, where, ...reading } = options
  const { stdout, stderr } = context
  const analysis = await analyze(files, {
    ...reading,
    ...(where !== undefined && { where: parseQuery(where) }),
    signal: context.signal,
    ...(stderr.isTTY && { onProgress: (done, total) => showProgress(stderr, done, total) })
  }).finally(() => stderr.isTTY && stderr.write(CLEAR_LINE))
  for (const { problem } of analysis.files) {
    if (problem === undefined) continue
    stderr.write(`visor: ${visible(problem)}\n`)
    context.exitCode = 1
  }
  const contents = reportContents(analysis, METRICS, top, where)
  const width = output.file === undefined ? terminalWidth(stdout) : 80
  const text = output.shape === 'json' ? jsonText(jsonReport(contents)) : textReport(contents, width)
  if (output.file === undefined) await print(stdout, text)
  else writeText(output.file, text)
}

/** One line that is written over again: bytes done, and of how many where that is known. */
function showProgress(output: Output, done: number, total: number | undefined): void {
  const of = total === undefined ? '' : ` of ${formatBytes(total)}`
  output.write(`${CLEAR_LINE}${formatBytes(done)}${of} read`)
}
