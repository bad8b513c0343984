import { globSync } from 'node:fs'
import { formatDuration } from '../../core/duration.ts'
import { settingsIn, parseConfigDocument } from '../../config/document.ts'
import { isFirstVisor, migrate, migratedText } from '../../config/first-visor.ts'
import { findConfig } from '../../config/find.ts'
import { loadConfig, type Loaded } from '../../config/load.ts'
import type { Config, SourceConfig } from '../../config/schema.ts'
import { readText } from '../../config/validate.ts'
import { VisorError } from '../../core/errors.ts'
import { formatsFor, withBare } from '../../formats/index.ts'
import { peekFile } from '../../reading/file.ts'
import { cut } from '../../reports/layout.ts'
import { formatBytes } from '../../core/units.ts'
import { visible } from '../../core/visible.ts'
import { openSources, inspectBulk, sourceKindOf } from '../../sources/index.ts'
import { checkedReceivers, checkedRules } from './alerts.ts'
import { checkedEngine } from './engine.ts'
import { checkedPage } from './page.ts'
import { checkedReports } from './reports.ts'
import type { Context } from '../context.ts'
import { textTable } from '../text-table.ts'
import type { ScrubSettings } from '../../privacy/settings.ts'
import { sampleLines } from '../traced.ts'

interface Finding {
  readonly path: string
  readonly what: string
  readonly problem?: true
  /** The first lines as fields. */
  readonly sample?: readonly string[]
}

/**
 * Tries a configuration; gives text for people, and how many files and receivers cannot be used. Throws when it is wrong; files
 * that cannot be read and receivers that cannot work are findings.
 */
export async function checkConfig(
  named: string | undefined,
  { env, signal, stdout }: Pick<Context, 'env' | 'signal' | 'stdout'>
): Promise<{ text: string; problems: number }> {
  const migrated = firstVisor(env, named)
  if (migrated) return { text: migrated, problems: 1 }
  const loaded = loadConfig(env, named)
  if (loaded.file === undefined)
    throw new VisorError(
      'CONFIG',
      `there is no configuration; looked at ${findConfig(env).tried.join(', ')}`,
      { remedy: "`visor init` writes one for your web server's logs; `--config FILE` names one." }
    )
  const { config } = loaded
  const lines = [`${named ?? loaded.file} is valid.`, ...nothingToWatch(config)]
  let problems = 0
  for (const [name, source] of Object.entries(config.sources)) {
    checkFormat(loaded, name, source)
    const findings = await findingsOf(source, config.privacy.scrub, signal)
    problems += findings.filter(finding => finding.problem).length
    const rows = findings.map(({ path, what, problem }) => [problem ? '!' : ' ', path, what])
    const shown = textTable(rows).flatMap((row, i) => [
      row,
      ...(findings[i]?.sample ?? []).map(sample => `     ${cut(sample, WIDTH)}`)
    ])
    const open = openSources({ [name]: source }).map(text => `  ! ${visible(text)}`)
    lines.push('', `source ${visible(name)}`, ...shown, ...open)
  }
  const { store, window, lateness } = config
  const engine = await checkedEngine(config, signal)
  problems += engine.problems
  const receivers = await checkedReceivers(config, stdout)
  problems += receivers.problems
  const checked = checkedPage(config, Date.now())
  problems += checked.problems
  lines.push(
    ...checkedRules(config),
    ...checkedReports(config, Date.now()),
    ...receivers.lines,
    ...engine.lines,
    '',
    ...checked.lines,
    `store   ${visible(store.path)}, kept ${formatDuration(store.retention)}`,
    `window  ${formatDuration(window)}, late lines up to ${formatDuration(lateness)}`
  )
  return { text: `${lines.join('\n')}\n`, problems }
}

/** What to do about a configuration without sources. */
function nothingToWatch({ sources }: Config): string[] {
  if (Object.keys(sources).length > 0) return []
  return [
    'It names no sources, so there is nothing to watch: name logs under "sources", such as `web: { path: /var/log/nginx/access.log }`;',
    '`visor init` writes those of Apache httpd or nginx, `visor watch FILE` watches a log without any.'
  ]
}

/** The configuration in its new form where it is one of the first Visor. */
function firstVisor(env: Context['env'], named: string | undefined): string | undefined {
  const file = named ?? findConfig(env).found
  if (file === undefined) return undefined
  const settings: unknown = settingsIn(parseConfigDocument(file, readText(file, 'configuration')))
  if (!isFirstVisor(settings)) return undefined
  return `# ${file} is of the first Visor. In its new form:\n${migratedText(migrate(settings))}`
}

/** How many of a file's first lines are shown as fields, and how wide. */
const MAX_SAMPLES = 2
const WIDTH = 150

function checkFormat({ place }: Loaded, name: string, { format }: SourceConfig): void {
  if (format === undefined) return
  try {
    formatsFor(format)
  } catch (error) {
    if (!(error instanceof VisorError)) throw error
    throw new VisorError('FORMAT', `${place(['sources', name, 'format'])}: ${error.message}`, {
      cause: error
    })
  }
}

async function findingsOf(
  source: SourceConfig,
  scrub: ScrubSettings,
  signal: AbortSignal
): Promise<Finding[]> {
  const findings: Finding[] = []
  const kind = sourceKindOf(source)
  const patterns = kind.files?.(source) ?? []
  if (patterns.length === 0) return [{ path: source.type, what: `${kind.reads(source)}: not tried` }]
  for (const pattern of patterns) {
    const paths = globSync(pattern).sort()
    if (paths.length === 0) findings.push({ path: pattern, what: 'no such file yet', problem: true })
    for (const path of paths) findings.push(await findingOf(path, source.format, scrub, signal))
  }
  return findings
}

async function findingOf(
  path: string,
  format: string | undefined,
  scrub: ScrubSettings,
  signal: AbortSignal
): Promise<Finding> {
  try {
    const { size, splittable } = inspectBulk(path)
    if (size === undefined) return { path, what: 'no regular file: not followed', problem: true }
    const bytes = `(${formatBytes(size)})`
    if (!splittable) return { path, what: `compressed: not followed ${bytes}` }
    const { what, ...found } = await formatOf(path, format, scrub, signal)
    return { path, what: `${what} ${bytes}`, ...found }
  } catch (error) {
    if (!(error instanceof VisorError)) throw error
    return { path, what: error.message, problem: true }
  }
}

/** The format of the first lines of a file, with the reason. */
async function formatOf(
  path: string,
  format: string | undefined,
  scrub: ScrubSettings,
  signal: AbortSignal
): Promise<Omit<Finding, 'path'>> {
  const { chosen, lines } = await peekFile(path, format, MAX_SAMPLES, signal)
  if (!chosen) return { what: 'no line yet' }
  if ('problem' in chosen) return { what: chosen.problem, problem: true }
  const { name, why, text } = chosen.choice
  return {
    what: why.startsWith(`${name}:`) ? why : `${name}: ${why}`,
    sample: sampleLines(lines, withBare(formatsFor(text)), scrub)
  }
}
