import type { Analysis } from '../../core/analysis.ts'
import type { ReportContents } from '../../reports/contents.ts'
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
  sourceOption,
  textOption,
  valueOption,
  whereOption,
  zoneOption,
  integer,
  type OptionsOf
} from '../options.ts'
import { scrubFor, scrubOption } from '../scrubbing.ts'
import { addTarget, checkTargets, usualTop, writeReport } from './outputs.ts'
import { progressLine, type ProgressLine } from './progress.ts'

const ENGINES = ['embedded', 'spark'] as const

const options = {
  output: valueOption(
    '-o, --output <target>',
    'txt (when not given), json, csv or html for standard output, or a file with that suffix; given again for more of them',
    addTarget
  ),
  format: formatOptions.format,
  zone: zoneOption(
    "zone of days and hours, and of lines that name none, such as Europe/Berlin; the configuration's or the machine's by default"
  ),
  where: whereOption,
  scrub: scrubOption,
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
  node: textOption(
    '--node <node>',
    'Node for the executors of that server: a program on this machine, or the name of one in their PATH; the one that Visor brings when not given'
  ),
  jobs: valueOption(
    '-j, --jobs <count>',
    'threads to read with; as many as there are cores when not given',
    integer(1, 256)
  ),
  last: textOption(
    '--last <span>',
    'what the store has of a span back from now (24h, 7d), or of the last whole hour, day, week or month'
  ),
  from: textOption(
    '--from <time>',
    'what the store has from then on: 2026-01-31, "2026-01-31 08:00", an ISO time, today or yesterday'
  ),
  to: textOption('--to <time>', 'up to then; now when not given'),
  source: sourceOption,
  schedule: flag(
    '--schedule',
    'show when the reports of the configuration are due, and how the last ones went'
  ),
  preview: textOption('--preview <name>', 'a report of the configuration as it would be sent now'),
  mail: textOption('--mail <name>', 'send a report of the configuration now'),
  part: textOption('--part <name>', 'of a report for each vhost, source or label, that of this one'),
  ...storeOptions
}

/** `visor report`: whole files, or a period of a store. */
export const reportCommand = command({
  name: 'report',
  summary: 'analyse whole files, or a period of the store, and print what is in them',
  description:
    'Analyse whole files (plain or gzip; - is standard input; folders and patterns stand for the files in them), or what the store has of a period, compared with the one before and a week before, and print what is in them.',
  arguments: [['[file...]', 'log files, access and error logs together']],
  options,
  examples: [
    ['visor report access.log', 'every panel as text'],
    [
      'visor report access.log access.log.*.gz error.log -o week.html -o week.json',
      'one report over many files, to be read in a browser, and as JSON'
    ],
    ["visor report /var/log/apache2 'old/*.gz'", 'all logs of a folder, and those that a pattern matches'],
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
    ['visor report --last 24h', 'what the store has of the last day'],
    ['visor report --from yesterday --to today --zone Asia/Kolkata', 'a day of a zone'],
    ['visor report --schedule', 'the next dates of the reports of the configuration'],
    ['visor report --preview morning', 'one of them as it would be sent now'],
    ['visor report --mail morning', 'and sent']
  ],
  run: ([files], options, context) => report(files, options, context)
})

type ReportOptions = OptionsOf<typeof options>

async function report(files: readonly string[], options: ReportOptions, context: Context): Promise<void> {
  if (await scheduled(files, options, context)) return
  const { output: targets = [{ shape: 'txt' }], top = usualTop(targets) } = options
  checkTargets(targets)
  const [{ reportDocument }, { jsonReport }] = await Promise.all([
    import('../../reports/document.ts'),
    import('../../reports/report.ts')
  ])
  const contents = await contentsOf(files, options, top, context)
  await writeReport({ document: reportDocument(contents), json: jsonReport(contents) }, targets, context)
}

/** What is in files, or in a period of a store. */
async function contentsOf(
  files: readonly string[],
  options: ReportOptions,
  top: number,
  context: Context
): Promise<ReportContents> {
  if (isStored(files, options)) {
    const { storedContents } = await import('./stored.ts')
    return storedContents(options, top, context)
  }
  const [{ METRICS }, { reportContents }] = await Promise.all([
    import('../../metrics/index.ts'),
    import('../../reports/analyzed.ts')
  ])
  const progress = progressLine(context.stderr)
  const analysis = await analyzed(files, options, context, progress).finally(() => progress.end())
  for (const { problem } of analysis.files) {
    if (problem === undefined) continue
    context.stderr.write(`visor: ${visible(problem)}\n`)
    context.exitCode = 1
  }
  const { where, engine } = options
  return reportContents(analysis, METRICS, top, { where, engine: engine ?? 'embedded' })
}

/** What goes with files only, or with a period only. */
const OF_FILES = ['format', 'engine', 'connect', 'jobs'] as const
const OF_STORE = ['source', 'store'] as const

/** Whether a period of a store is meant. @throws VisorError USAGE where that does not go together */
function isStored(files: readonly string[], options: ReportOptions): boolean {
  const { last, from, to } = options
  const isPeriod = (last ?? from ?? to) !== undefined
  if (isPeriod && files.length > 0)
    throw new VisorError('USAGE', '--last, --from and --to are about a store, not about files')
  if (!isPeriod && files.length === 0)
    throw new VisorError(
      'USAGE',
      'name the files to report on (- is standard input), or a period of the store: --last 24h'
    )
  const misplaced = (isPeriod ? OF_FILES : OF_STORE).find(name => options[name] !== undefined)
  if (misplaced === undefined) return isPeriod
  throw new VisorError(
    'USAGE',
    isPeriod ? `--${misplaced} is for files` : `--${misplaced} goes with --last or --from`
  )
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
  { engine, connect, node, where, jobs, format, zone, country, scrub, config }: ReportOptions,
  context: Context,
  progress: ProgressLine
): Promise<Analysis> {
  const { parseQuery } = await import('../../query/index.ts')
  const common = {
    format,
    zone,
    country,
    scrub: await scrubFor({ scrub, ...(config !== undefined && { config }) }, context.env),
    signal: context.signal,
    ...(where !== undefined && { where: parseQuery(where) }),
    onProgress: progress.show
  }
  if (engine !== 'spark') {
    for (const [name, value] of Object.entries({ connect, node }))
      if (value !== undefined) throw new VisorError('USAGE', `--${name} goes with --engine spark.`)
    const [{ analyze }, { filesOf, withoutCopies }] = await Promise.all([
      import('../../engines/embedded/bulk.ts'),
      import('../../sources/bulk/index.ts')
    ])
    const { files: different, copies } = withoutCopies(filesOf(files))
    for (const { path, of } of copies)
      context.stderr.write(`visor: ${visible(path)} is left out: ${visible(of)} has its lines\n`)
    return { ...(await analyze(different, { ...common, jobs })), copies }
  }
  if (files.includes('-'))
    throw new VisorError('USAGE', 'Spark reads files, not standard input; --engine embedded does.')
  const [{ reportOnSpark }, { sparkAt }] = await Promise.all([
    import('../../engines/spark/report/report.ts'),
    import('../own-spark.ts')
  ])
  await using spark = await sparkAt(connect, context)
  return await reportOnSpark(files, { connect: spark.connect, node }, common)
}
