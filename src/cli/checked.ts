import { globSync } from 'node:fs'
import { formatDuration } from '../config/duration.ts'
import { findConfig, type Environment } from '../config/find.ts'
import { loadConfig, type Loaded } from '../config/load.ts'
import type { SourceConfig } from '../config/schema.ts'
import { VisorError } from '../core/errors.ts'
import { chooseFormat } from '../engines/embedded/choose.ts'
import { formatsFor } from '../formats/index.ts'
import { table } from '../reports/layout.ts'
import { formatBytes } from '../reports/units.ts'
import { visible } from '../reports/visible.ts'
import { inspectBulk, openBulk } from '../sources/bulk/index.ts'

/** What `visor check` found: text for people, and how many files could not be read or told. */
export interface Checked {
  readonly text: string
  readonly problems: number
}

interface Finding {
  readonly path: string
  readonly what: string
  readonly problem: boolean
}

/** Tries a configuration. Throws when it is wrong; files that cannot be read are findings. */
export async function checkConfig(
  named: string | undefined,
  env: Environment,
  signal: AbortSignal
): Promise<Checked> {
  const loaded = loadConfig(env, named)
  if (loaded.file === undefined)
    throw new VisorError('CONFIG', `there is no configuration; looked at ${findConfig(env).tried.join(', ')}`)
  const { config } = loaded
  const lines = [`${named ?? loaded.file} is valid.`]
  let problems = 0
  for (const [name, source] of Object.entries(config.sources)) {
    checkFormat(loaded, name, source)
    const findings = await findingsOf(source, signal)
    problems += findings.filter(finding => finding.problem).length
    const rows = findings.map(({ path, what, problem }) => [
      problem ? '!' : ' ',
      visible(path),
      visible(what)
    ])
    lines.push('', `source ${visible(name)}`, ...table(COLUMNS, rows, Infinity))
  }
  const { page, store, window, lateness } = config
  lines.push(
    '',
    `page    ${page.enabled ? `http://${page.host}:${page.port}` : 'off'}`,
    `store   ${visible(store.path)}, kept ${formatDuration(store.retention)}`,
    `window  ${formatDuration(window)}, late lines up to ${formatDuration(lateness)}`
  )
  return { text: `${lines.join('\n')}\n`, problems }
}

const COLUMNS = [{ align: 'left' }, { align: 'left' }, { align: 'left' }] as const

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

async function findingsOf(source: SourceConfig, signal: AbortSignal): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const pattern of source.paths) {
    const paths = pattern === '-' ? [] : globSync(pattern).sort()
    if (pattern === '-') findings.push({ path: pattern, what: 'standard input', problem: false })
    else if (paths.length === 0) findings.push({ path: pattern, what: 'no such file yet', problem: true })
    for (const path of paths) findings.push(await findingOf(path, source.format, signal))
  }
  return findings
}

async function findingOf(path: string, format: string | undefined, signal: AbortSignal): Promise<Finding> {
  try {
    const { size, splittable } = inspectBulk(path)
    if (size === undefined) return { path, what: 'no regular file: not followed', problem: true }
    if (!splittable) return { path, what: `compressed: not followed (${formatBytes(size)})`, problem: false }
    const { what, problem } = await formatOf(path, format, signal)
    return { path, what: `${what} (${formatBytes(size)})`, problem }
  } catch (error) {
    if (!(error instanceof VisorError)) throw error
    return { path, what: error.message, problem: true }
  }
}

/** The format of the first lines of a file, with the reason. */
async function formatOf(
  path: string,
  format: string | undefined,
  signal: AbortSignal
): Promise<{ what: string; problem: boolean }> {
  const source = openBulk(path)
  try {
    for await (const [stream] of source.ready(signal)) {
      const chosen = stream && chooseFormat(stream, format)
      if (chosen) return 'choice' in chosen ? whatOf(chosen.choice) : { what: chosen.problem, problem: true }
      if (stream?.finished !== false) break
    }
    return { what: 'no line yet', problem: false }
  } finally {
    source.close()
  }
}

function whatOf({ name, why }: { name: string; why: string }): { what: string; problem: boolean } {
  return { what: why.startsWith(`${name}:`) ? why : `${name}: ${why}`, problem: false }
}
