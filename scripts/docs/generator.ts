import { stringify } from 'yaml'
import * as z from 'zod'
import { FINDERS } from '../../src/cli/drill/result.ts'
import { classicOptions, heartbeatOptions } from '../../src/generator/classic/options.ts'
import { curveOptions } from '../../src/generator/curves.ts'
import { INCIDENTS } from '../../src/generator/incidents/index.ts'
import { scenarioOptions } from '../../src/generator/scenario.ts'
import { SINKS } from '../../src/sinks/index.ts'
import { block, GENERATED, page, settingsTable, table } from '../markdown.ts'

/** docs/generator.md: scenarios, incidents, curves, outputs, and the truth. */
export function generatorPage(): string {
  return page([
    '# The generator',
    GENERATED,
    '`visor generate` writes the access and error log of a made-up shop: visitors who come from somewhere, follow links, fetch the files of a page and leave; apps that call an API, crawlers, and some who look for a way in, on three virtual hosts. Sizes and durations are log-normal around what each page usually has; a request that fails leaves a line in the error log, of the same client, at the same time. Lines come in any format that Visor knows, by its own printer.',
    'The same `--seed` and `--start` give the same lines to the byte. Lines fall due by the clock, exact over time at any rate; those of the past (`--backfill`, `--start`) are written at once. Whoever takes the lines may be slow: the generator waits, and catches up.',
    '## Scenarios',
    'A scenario is a file, YAML or JSON, that tells what is made and what befalls the site; editors take [scenario.schema.json](scenario.schema.json).',
    block(EXAMPLE, 'yaml scenario'),
    settingsTable(scenarioOptions, ['$schema']),
    'Of `clients`:',
    settingsTable(scenarioOptions.shape.clients),
    'Of `heartbeat`:',
    settingsTable(heartbeatOptions),
    '## Curves',
    'A shape by its name (`curve: spike`), or with settings (`curve: { shape: spike, every: 10m }`). Factors are times the rate.',
    ...curveOptions.options.flatMap(one => described(`### ${one.shape.shape.value}`, one, ['shape'])),
    '## Incidents',
    'Each has a `type`, begins `at` a time from the start on, and lasts `for` a while (30s when not told). Incidents may overlap. `rules` names the alert rules of which one should find it, for `visor drill`; without it those that know its kind ([alerts.md](alerts.md)), with `[]` none.',
    ...INCIDENTS.flatMap(({ name, options, example }) => [
      ...described(`### ${name}`, options, ['type', 'at', 'for', 'rules']),
      block(`- ${stringify(example).trimEnd().replaceAll('\n', '\n  ')}`, 'yaml incident')
    ]),
    '## The truth',
    '`--truth FILE` writes a manifest when the run ends, however it ends. Of each log: target, format, how many lines are out (`lines`), and, where these are all that were made (`complete`), how many there are of each status, method and host, or level and module. Of each incident: its settings, when it was, a `query` ([query.md](query.md)) that its lines pass, the clients that were drawn (`facts`), and what was `made`: how many lines in each log, the first and last time, and which lines, as ranges counted from 1 at the first line of this run, both ends among them. Lines that are not out whole are not in it.',
    '## The drill',
    '`visor drill SCENARIO` runs generator and monitor together and compares: of each incident the lines that pass its query in its time, as made and as the monitor counted them, and how long it took from a bad line being written to its being counted; which alert rule found it, after how long; and which alerts were about none ([alerts.md](alerts.md)). An hour of calm traffic is written before, at once, so that rules know what is usual. One of these rules should find an incident, unless its `rules` say otherwise:',
    table(
      ['incident', 'found by'],
      Object.entries(FINDERS).map(([kind, rules]) => [
        `\`${kind}\``,
        rules.map(rule => `\`${rule}\``).join(', ') || 'none needs to'
      ])
    ),
    'With `--speed` rules live in the time of the scenario, which goes no further than its lines are read. [scenarios/incidents.yaml](scenarios/incidents.yaml) has an incident of each kind, [scenarios/calm.yaml](scenarios/calm.yaml) an hour with peaks in which nothing may fire.',
    '## Outputs',
    table(
      ['target', 'what it is'],
      SINKS.map(({ example, summary }) => [`\`${example}\``, summary])
    ),
    ...SINKS.flatMap(({ name, options }) =>
      Object.keys(options.shape).length > 0 ? [`Settings of ${name}:`, settingsTable(options)] : []
    ),
    'Settings that the target itself does not show are told behind a `?`, as in `kafka://127.0.0.1:9092/logs?compression=lz4`; those of files by `--rotate`, `--every` and `--keep`.',
    '## Configurations of the first Visor',
    'A file with `access`, `info`, `warn` or `error` at its top is one of the first Visor’s, and is taken as it was: `visor generate --mode access fake_log_gen.json -o access.log`. Numbers may be texts. Errors have a normal and a peak phase, each with its ranges of waits, and a counter that leads from one to the other.',
    settingsTable(classicOptions)
  ])
}

/** A heading, what a schema says of itself, and its settings but those that all of its like have. */
function described(title: string, schema: z.ZodObject, but: readonly string[]): string[] {
  const own = Object.keys(schema.shape).some(name => !but.includes(name))
  return [title, schema.description ?? '', ...(own ? [settingsTable(schema, but)] : [])]
}

/** A scenario that shows most settings. */
const EXAMPLE = `
title: A morning that goes wrong
rate: 120
curve: { shape: daily, peak: '14:00' }
clients: { count: 2000, choose: zipf, exponent: 1.1 }
heartbeat: { interval: 5, message: HEARTBEAT }
duration: 20m
seed: 7
incidents:
  - { type: errors, at: 2m, for: 45s, share: 0.3, status: [500, 503], paths: [/cart, /checkout] }
  - { type: slow, at: 5m, for: 1m, path: /search, factor: 15 }
  - { type: bruteforce, at: 8m, for: 1m, clients: ['198.51.100.7'], rate: 10 }
  - { type: flood, at: 11m, for: 30s, factor: 10, clients: 200 }
  - { type: silence, at: 14m, for: 1m }
  - { type: restart, at: 17m, for: 4s }
`.trimStart()

/** docs/scenario.schema.json, for editors. */
export function scenarioJsonSchema(): z.core.JSONSchema.JSONSchema {
  return z.toJSONSchema(scenarioOptions, { io: 'input' })
}
