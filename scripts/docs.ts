/** Makes the generated references of docs/; run as a script it writes them. */
import { writeFileSync } from 'node:fs'
import { Writable } from 'node:stream'
import * as z from 'zod'
import type { Context } from '../src/cli/context.ts'
import { main } from '../src/cli/main.ts'
import { createProgram } from '../src/cli/program.ts'
import { configSchema } from '../src/config/load.ts'
import { ERRORS } from '../src/core/errors.ts'
import { DERIVATIONS, FIELDS } from '../src/derived/index.ts'
import { formatsTable } from '../src/formats/index.ts'
import { readAs } from '../src/core/metric.ts'
import { METRICS } from '../src/metrics/index.ts'
import { queryReference } from '../src/query/index.ts'
import { reportSchema } from '../src/reports/report.ts'
import { alertsPage } from './docs/alerts.ts'
import { generatorPage, scenarioJsonSchema } from './docs/generator.ts'
import { sourcesPage } from './docs/sources.ts'
import { block, GENERATED, page, table } from './markdown.ts'

/** Every generated file by its path, with what is to be in it. */
export async function documents(): Promise<Map<string, string>> {
  return new Map([
    ['docs/alerts.md', alertsPage()],
    ['docs/cli.md', await commandLine()],
    ['docs/errors.md', errors()],
    ['docs/formats.md', formats()],
    ['docs/generator.md', generatorPage()],
    ['docs/metrics.md', metrics()],
    ['docs/sources.md', sourcesPage()],
    ['docs/query.md', page(['# Queries', GENERATED, queryReference()])],
    ['docs/config.schema.json', json(configSchema())],
    ['docs/report.schema.json', json(z.toJSONSchema(reportSchema(z)))],
    ['docs/scenario.schema.json', json(scenarioJsonSchema())]
  ])
}

async function commandLine(): Promise<string> {
  const { context } = captured()
  const parts = [
    '# Command line',
    GENERATED,
    'Exit codes: 0 done; 1 failed; 2 wrong usage or configuration; 128 and the number of the signal for a command that a signal ended before its work was done (130 for Ctrl+C). `visor watch` and `visor demo` are done when they are told to stop, so a clean stop is 0.',
    block(await helpOf([]))
  ]
  for (const command of createProgram(context).commands) {
    parts.push(`## visor ${command.name()}`, block(await helpOf([command.name()])))
    for (const inner of command.commands) {
      const names = [command.name(), inner.name()]
      parts.push(`### visor ${names.join(' ')}`, block(await helpOf(names)))
    }
  }
  return page(parts)
}

async function helpOf(command: readonly string[]): Promise<string> {
  const { context, text } = captured()
  await main([...command, '--help'], context)
  return text()
}

/** A context that keeps what a command prints. */
function captured(): { context: Context; text: () => string } {
  const chunks: string[] = []
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk))
      done()
    }
  })
  const { signal } = new AbortController()
  return { context: { stdout, stderr: stdout, env: {}, signal, exitCode: 0 }, text: () => chunks.join('') }
}

function errors(): string {
  const rows = Object.entries(ERRORS).map(([code, { exit, meaning, remedy }]) => [
    `\`${code}\``,
    String(exit),
    meaning,
    remedy
  ])
  return page(['# Errors', GENERATED, table(['code', 'exit', 'what it means', 'what to do'], rows)])
}

function formats(): string {
  const code = (text: string | null): string => (text === null ? 'none' : `\`${text}\``)
  const rows = FIELDS.map(({ name, type, kinds, summary, otel, ecs }) => [
    code(name),
    type,
    kinds.join(', '),
    summary,
    code(otel),
    code(ecs)
  ])
  const derived = DERIVATIONS.map(({ name, title, from, version }) => [
    code(name),
    title,
    code(from),
    version
  ])
  return page([
    '# Formats and fields',
    GENERATED,
    formatsTable(),
    '## Fields',
    'What `visor parse` calls the parts of a line, and what they are called by OpenTelemetry (its attributes, and in capitals the fields of its log records) and by the Elastic Common Schema.',
    table(['field', 'type', 'logs', 'what it is', 'OpenTelemetry', 'ECS'], rows),
    '## Derived fields',
    'These are worked out of the text of another field, once for each distinct text. A question always gets the answer of the lists and rules of this version; what was counted by older ones is counted anew where lines are kept. Browsers and systems are names of a list, and `other` is a product that is not in it. Names of bots are what programs call themselves, so there may be any number of them: as with user agents the most frequent are kept, and the others are counted as `other`.',
    table(['field', 'name', 'worked out of', 'lists and rules'], derived)
  ])
}

function metrics(): string {
  return page([
    '# Metrics',
    GENERATED,
    'What is counted of every log. Each metric is a count, and where it has a measure a sum, of some key by window of event time. A share is of all that the metric counts, unless the table names another metric.',
    table(
      ['metric', 'label', 'group', 'logs', 'what is counted', 'read as', 'sum of', 'shares of'],
      METRICS.map(metric => [
        `\`${metric.name}\``,
        metric.label,
        metric.group,
        metric.kinds.join(', '),
        metric.summary,
        [READ_AS[readAs(metric)], ...(metric.overTime ? ['over time'] : [])].join(', '),
        metric.measure.map(field => `\`${field}\``).join(', else '),
        metric.shareOf === undefined ? '' : `\`${metric.shareOf}\``
      ])
    )
  ])
}

const READ_AS = { total: 'total', top: 'largest keys', percentiles: 'percentiles' } as const

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

if (import.meta.main) for (const [path, text] of await documents()) writeFileSync(path, text)
