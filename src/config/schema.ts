import * as z from 'zod'
import { alertsOptions, type AlertsConfig } from '../alerts/options.ts'
import { didYouMean } from '../core/suggest.ts'
import { ENGINES } from '../engines/index.ts'
import { durationSetting } from '../settings/duration.ts'
import { sizeSetting } from '../settings/size.ts'
import { zoneSetting } from '../settings/zone.ts'
import { notifierKindOf } from '../notifiers/index.ts'
import { privacyOptions } from '../privacy/options.ts'
import { pageSettings } from './page.ts'
import { receiversSetting } from './receivers.ts'
import { labelsIn, labelsSetting, namedInReports, readdressed, reportsSetting } from './reports.ts'
import { SOURCES } from '../sources/index.ts'

const path = z.string().min(1, 'expected a path')

const format = z.string().min(1)

/** The settings of every kind of source. */
export const common = {
  format: z
    .union([format, z.array(format).min(1)], 'expected a format or a list of formats')
    .transform(formats => [formats].flat().join('\n'))
    .optional()
    .describe('A preset or a LogFormat string, or several that are tried in order; detected when absent.'),
  zone: zoneSetting("The zone of lines that name none; the machine's when absent.").optional(),
  labels: labelsSetting
}

/** A source of any kind, by its `type`, which is left out for files. */
const [firstKind, ...otherKinds] = SOURCES.map(({ name, summary, options }) => {
  const type = z.literal(name).describe(`What kind of source it is: ${summary}.`)
  return options.safeExtend({ type: name === 'file' ? type.optional().default(name) : type, ...common })
})
if (!firstKind) throw new RangeError('there is no kind of source')
const source = z.discriminatedUnion('type', [firstKind, ...otherKinds]).pipe(
  z.looseObject({
    type: z.string(),
    format: z.string().optional(),
    zone: z.string().optional(),
    labels: labelsSetting
  })
)

/** The engine, of any kind. */
const [firstEngine, ...otherEngines] = ENGINES.map(({ name, summary, options }, i) => {
  const type = z.literal(name).describe(`What kind of engine it is: it ${summary}.`)
  return options.safeExtend({ type: i === 0 ? type.optional().default(name) : type })
})
if (!firstEngine) throw new RangeError('there is no kind of engine')
const engine = z
  .discriminatedUnion('type', [firstEngine, ...otherEngines])
  .pipe(z.looseObject({ type: z.string() }))

const store = z.strictObject({
  path: path
    .optional()
    .describe('The folder of the store; in VISOR_HOME or the user’s data folder when absent.'),
  retention: durationSetting(
    '1d',
    '3650d',
    'How long lines and counts are kept, counted back from the newest line of each source.'
  ).prefault('30d'),
  maxSize: sizeSetting(
    '16MB',
    '1000TB',
    'How large the store may get, such as "20GB": the oldest lines and counts go, and the disk gets their space back.'
  ).optional()
})

/** What a running Visor says of itself. */
export const log = z.strictObject({
  format: z
    .enum(['text', 'json'])
    .default('text')
    .describe('How Visor writes what it says of itself to standard error: in words, or a line of JSON each.'),
  level: z
    .enum(['debug', 'info', 'warn', 'error'])
    .default('info')
    .describe('The least that a message must be to be written.')
})

export type LogConfig = z.output<typeof log>

/** The receivers that alerts name, and where they do. */
function toldIn({ receivers = [], rules }: AlertsConfig): { path: readonly string[]; name: string }[] {
  const all: [path: string[], names: readonly string[]][] = [
    [['alerts', 'receivers'], receivers],
    ...Object.entries(rules).map(([rule, { receivers = [] }]): [string[], readonly string[]] => [
      ['alerts', 'rules', rule, 'receivers'],
      receivers
    ])
  ]
  return all.flatMap(([path, names]) => names.map(name => ({ path, name })))
}

/** The whole configuration as a user writes it. */
export const schema = z
  .strictObject({
    $schema: z.string().optional().describe('For editors: where docs/config.schema.json is.'),
    sources: z.record(z.string().min(1), source).default({}).describe('What to watch, each under a name.'),
    page: pageSettings.prefault({}).describe('The live page.'),
    store: store.prefault({}).describe('Where lines, counts and positions are kept.'),
    engine: engine.prefault({}).describe('What reads the lines and counts them.'),
    group: z
      .union([z.string().min(1), z.int().min(0)], 'expected the name of a group of this machine')
      .optional()
      .describe(
        'The group of the machine whose members may read what Visor writes, and use its control socket as admins; its user alone when absent.'
      ),
    zone: zoneSetting(
      "The zone whose days and hours the page, reports and queries show; the machine's when absent."
    ).optional(),
    window: durationSetting('1s', '1h', 'The length of a window of event time.').prefault('10s'),
    country: z.boolean().default(true).describe('Count clients by the country they are registered in.'),
    lateness: durationSetting('0s', '1d', 'How long a window waits for lines that come late.').prefault('1m'),
    log: log.prefault({}).describe('What Visor says of itself while it watches.'),
    reload: z
      .enum(['on-request', 'on-change'])
      .default('on-request')
      .describe(
        'When a Visor that runs takes its configuration anew: when it is asked to (`visor reload`, SIGHUP), or when the file changes too.'
      ),
    privacy: privacyOptions.prefault({}).describe('What is masked, and how long addresses are kept.'),
    alerts: alertsOptions.prefault({}).describe('When to notify somebody, and whom.'),
    reports: reportsSetting,
    receivers: receiversSetting()
  })
  .superRefine(({ alerts, reports, receivers, sources }, context) => {
    const check = (what: string, known: readonly string[], all: ReturnType<typeof toldIn>): void => {
      for (const { path, name } of all) {
        if (!known.includes(name))
          context.addIssue({
            code: 'custom',
            path: [...path],
            message: `there is no ${what} "${name}"${didYouMean(name, known, '"')}`
          })
      }
    }
    const named = namedInReports(reports)
    check('receiver', Object.keys(receivers), [...toldIn(alerts), ...named.receivers])
    check('source', Object.keys(sources), named.sources)
    const all = Object.values(sources).map(({ labels = {} }) => labels)
    for (const { path, label, parts } of labelsIn(reports)) {
      check('label of a source', all.flatMap(Object.keys), [{ path: [...path, 'each'], name: label }])
      check(
        `source with ${label}`,
        all.flatMap(labels => labels[label] ?? []),
        parts.map(name => ({ path: [...path, 'for', name], name }))
      )
    }
    for (const { path, names = Object.keys(receivers) } of readdressed(reports))
      if (!names.some(name => receivers[name]?.type === 'email'))
        context.addIssue({
          code: 'custom',
          path: [...path],
          message: 'expected a receiver of type "email" with it: others know no addresses'
        })
    for (const { path, name } of named.receivers) {
      const receiver = receivers[name]
      const message = receiver && notifierKindOf(receiver).refusesReports
      if (message !== undefined) context.addIssue({ code: 'custom', path: [...path], message })
    }
  })
  .describe('Configuration of Visor')

type Parsed = z.output<typeof schema>

/** One source: what to read, and how. */
export type SourceConfig = Parsed['sources'][string]

/** The configuration that runs: defaults filled in, paths absolute, durations in milliseconds. */
export interface Config extends Omit<Parsed, '$schema' | 'store'> {
  store: { path: string; retention: number; maxSize?: number | undefined }
}
