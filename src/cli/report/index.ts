import type { Analysis } from '../../core/analysis.ts'
import { VisorError } from '../../core/errors.ts'
import { visible } from '../../core/visible.ts'
import { command } from '../command.ts'
import type { Context } from '../context.ts'
import {
  choiceOption,
  flag,
  formatOptions,
  negation,
  storeOptions,
  textOption,
  valueOption,
  whereOption,
  integer,
  type OptionsOf
} from '../options.ts'
import { addTarget, checkTargets, usualTop, writeReport } from './outputs.ts'
import { progressLine, type ProgressLine } from './progress.ts'

const ENGINES = ['embedded', 'spark'] as const

const options = {
  output: valueOption(
    '-o, --output <target>',
    'txt (when not given), json, csv or html for standard output, or a file with that suffix; given again for more of them',
    addTarget
  ),
  ...formatOptions,
  where: whereOption,
  country: negation('--no-country', 'leave out where clients are registered'),
  top: valueOption(
    '-n, --top <count>',
    'how many keys each panel shows; 10 when not given, 100 where html or csv is written',
    integer(1, 1000)
  ),
  engine: choiceOption(
    '--engine <engine>',
    'who reads the files: this machine (embedded), or Spark',
    ENGINES
  ),
  connect: textOption(
    '--connect <address>',
    'the Spark Connect server that reads them, such as sc://HOST:15002, which sees paths its own way; a new one on this machine when not given'
  ),
  jobs: valueOption(
    '-j, --jobs <count>',
    'threads to read with; as many as there are cores when not given',
    integer(1, 256)
  ),
  schedule: flag(
    '--schedule',
    'show when the reports of the configuration are due, and how the last ones went'
  ),
  preview: textOption('--preview <name>', 'a report of the configuration as it would be sent now'),
  mail: textOption('--mail <name>', 'send a report of the configuration now'),
  part: textOption('--part <name>', 'of a report for each vhost or source, that of this one'),
  ...storeOptions
}

/** `visor report`: whole files, every panel, no daemon. */
export const reportCommand = command({
  name: 'report',
  summary: 'analyse whole files and print what is in them',
  description: 'Analyse whole files (plain or gzip; - is standard input) and print what is in them.',
  arguments: [['[file...]', 'log files, access and error logs together']],
  options,
  examples: [
    ['visor report access.log', 'every panel as text'],
    [
      'visor report access.log access.log.*.gz error.log -o week.html -o week.json',
      'one report over many files, to be read in a browser, and as JSON'
    ],
    ["visor report access.log --where 'status:>=500 AND NOT bot:*'", 'only lines that pass a query'],
    [
      'zcat old.gz | visor report - -f combined -o json | jq .metrics.status.top',
      'standard input, and on into jq'
    ],
    [
      'visor report --engine spark --connect sc://spark.example.org:15002 hdfs:///logs/2026/',
      'a folder, as large as it may be, read by a cluster'
    ],
    [
      'visor report --engine spark access.log',
      'the same by a Spark on this machine, which ends with the report'
    ],
    ['visor report --schedule', 'the next dates of the reports of the configuration'],
    ['visor report --preview morning', 'one of them as it would be sent now'],
    ['visor report --mail morning', 'and sent']
  ],
  run: ([files], options, context) => report(files, options, context)
})

type ReportOptions = OptionsOf<typeof options>

async function report(files: readonly string[], options: ReportOptions, context: Context): Promise<void> {
  if (await scheduled(files, options, context)) return
  if (files.length === 0) throw new VisorError('USAGE', 'name the files to report on; - is standard input')
  const { output: targets = [{ shape: 'txt' }], top = usualTop(targets), where, engine } = options
  checkTargets(targets)
  const [{ METRICS }, { reportContents }, { reportDocument }, { jsonReport }] = await Promise.all([
    import('../../metrics/index.ts'),
    import('../../reports/contents.ts'),
    import('../../reports/document.ts'),
    import('../../reports/report.ts')
  ])
  const progress = progressLine(context.stderr)
  const analysis = await analyzed(files, options, context, progress).finally(() => progress.end())
  for (const { problem } of analysis.files) {
    if (problem === undefined) continue
    context.stderr.write(`visor: ${visible(problem)}\n`)
    context.exitCode = 1
  }
  const contents = reportContents(analysis, METRICS, top, { where, engine: engine ?? 'embedded' })
  await writeReport({ document: reportDocument(contents), json: jsonReport(contents) }, targets, context)
}

/** Does what is asked of the reports of the configuration; false where that is nothing. */
async function scheduled(
  files: readonly string[],
  { schedule, preview, mail, part, output: targets = [{ shape: 'txt' }], ...options }: ReportOptions,
  context: Context
): Promise<boolean> {
  const asked = [
    schedule && '--schedule',
    preview !== undefined && '--preview',
    mail !== undefined && '--mail'
  ]
  const [first, second] = asked.filter(one => typeof one === 'string')
  if (first === undefined) return false
  if (second !== undefined) throw new VisorError('USAGE', `${first} and ${second} do not go together`)
  if (files.length > 0)
    throw new VisorError('USAGE', `${first} is about the reports of the configuration, not about files`)
  if (schedule) {
    const { showSchedules } = await import('./schedules.ts')
    await showSchedules(
      options,
      targets.some(({ shape }) => shape === 'json'),
      Date.now(),
      context
    )
  } else if (mail !== undefined) {
    const { mailed } = await import('./now.ts')
    await mailed(mail, options, context)
  } else {
    const { showPreview } = await import('./now.ts')
    await showPreview(preview ?? '', part, targets, options, context)
  }
  return true
}

async function analyzed(
  files: readonly string[],
  { engine, connect, where, jobs, format, zone, country }: ReportOptions,
  context: Context,
  progress: ProgressLine
): Promise<Analysis> {
  const { parseQuery } = await import('../../query/index.ts')
  const common = {
    format,
    zone,
    country,
    signal: context.signal,
    ...(where !== undefined && { where: parseQuery(where) }),
    onProgress: progress.show
  }
  if (engine !== 'spark') {
    if (connect !== undefined) throw new VisorError('USAGE', '--connect goes with --engine spark.')
    const { analyze } = await import('../../engines/embedded/bulk.ts')
    return analyze(files, { ...common, jobs })
  }
  if (files.includes('-'))
    throw new VisorError('USAGE', 'Spark reads files, not standard input; --engine embedded does.')
  const [{ reportOnSpark }, { sparkAt }] = await Promise.all([
    import('../../engines/spark/report/report.ts'),
    import('../own-spark.ts')
  ])
  await using spark = await sparkAt(connect, context)
  return await reportOnSpark(files, spark.connect, common)
}
