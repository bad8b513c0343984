/** Makes the generated references of docs/; run as a script it writes them. */
import { writeFileSync } from 'node:fs'
import { Writable } from 'node:stream'
import * as z from 'zod'
import type { Context } from '../src/cli/context.ts'
import { main } from '../src/cli/main.ts'
import { COMMANDS } from '../src/cli/program.ts'
import { schema } from '../src/config/schema.ts'
import { ERRORS, REFUSALS } from '../src/core/errors.ts'
import { readAs } from '../src/core/metric.ts'
import { METRICS } from '../src/metrics/index.ts'
import { scenarioOptions } from '../src/generator/scenario.ts'
import { MEASURES } from '../src/query/stats.ts'
import { reportSchema } from '../src/reports/report.ts'
import { alertsPage } from './docs/alerts.ts'
import { apiPage } from './docs/api.ts'
import { bashCompletion, fishCompletion, zshCompletion } from './docs/completions.ts'
import { formatsPage } from './docs/formats.ts'
import { generatorPage } from './docs/generator.ts'
import { dashboard } from './docs/monitoring.ts'
import { manualPage } from './docs/manual.ts'
import { operationsPage } from './docs/operations.ts'
import { reportsPage } from './docs/reports.ts'
import { sourcesPage } from './docs/sources.ts'
import { sparkPage } from './docs/spark.ts'
import { code, fill, table } from './markdown.ts'

/** Every generated file by its path, with what is to be in it. */
export async function documents(): Promise<Map<string, string>> {
  return new Map([
    ['docs/alerts.md', alertsPage()],
    ['docs/api.md', apiPage()],
    ['docs/cli.md', await commandLine()],
    ['docs/shell/visor.1', manualPage()],
    ['docs/shell/visor.bash', bashCompletion()],
    ['docs/shell/_visor', zshCompletion()],
    ['docs/shell/visor.fish', fishCompletion()],
    ['docs/errors.md', errors()],
    ['docs/formats.md', formatsPage()],
    ['docs/generator.md', generatorPage()],
    ['docs/metrics.md', metrics()],
    ['docs/operations.md', operationsPage()],
    ['docs/reports.md', reportsPage()],
    ['docs/sources.md', sourcesPage()],
    ['docs/spark.md', sparkPage()],
    ['docs/monitoring/grafana-dashboard.json', dashboard()],
    ['docs/query.md', fill('query.md', { measures: MEASURES.map(code).join(' ') })],
    ['docs/config.schema.json', json(z.toJSONSchema(schema, { io: 'input' }))],
    ['docs/report.schema.json', json(z.toJSONSchema(reportSchema(z)))],
    ['docs/scenario.schema.json', json(z.toJSONSchema(scenarioOptions, { io: 'input' }))]
  ])
}

async function commandLine(): Promise<string> {
  const names = COMMANDS.flatMap(one => [
    [one.name],
    ...('commands' in one ? one.commands.map(inner => [one.name, inner.name]) : [])
  ])
  const commands = await Promise.all(names.map(async names => ({ names, help: await helpOf(names) })))
  return fill('cli.md', { help: await helpOf([]), commands })
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
  const rows = Object.entries(ERRORS).map(([name, { exit, meaning, remedy }]) => [
    code(name),
    String(exit),
    meaning,
    remedy
  ])
  const refused = Object.entries(REFUSALS).map(([name, { remedy }]) => [code(name), remedy])
  return fill('errors.md', {
    errors: table(['code', 'exit', 'what it means', 'what to do'], rows),
    refusals: table(['the system says', 'what to do'], refused)
  })
}

function metrics(): string {
  return fill('metrics.md', {
    metrics: table(
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
  })
}

const READ_AS = { total: 'total', top: 'largest keys', percentiles: 'percentiles' } as const

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

if (import.meta.main) for (const [path, text] of await documents()) writeFileSync(path, text)
