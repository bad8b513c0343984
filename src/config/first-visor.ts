import { stringify } from 'yaml'
import { nearest } from '../core/suggest.ts'
import { DAY_MS, SECOND_MS } from '../core/time.ts'

/** Settings of the first Visor's monitors in their new form. */
export interface Migrated {
  /** A configuration that can be used as it is. */
  readonly config: Readonly<Record<string, unknown>>
  /** Settings that have no counterpart, with why, or with what does their work now. */
  readonly dropped: readonly (readonly [setting: string, why: string])[]
  /** Settings that the first Visor did not have, each with the one that may be meant. */
  readonly unknown: readonly (readonly [setting: string, near: string | undefined])[]
}

/** What became of a setting: a place in the new configuration, or why it has none. */
type Fate =
  | { readonly to: readonly string[]; readonly of?: (value: unknown) => unknown }
  | { readonly why: string }

const SOURCE = ['sources', 'logs']
const RECEIVER = ['receivers', 'mail']
const MAIL_TO: Fate = { to: [...RECEIVER, 'to'] }
const SUMMARY = ['reports', 'summary']
const REPORT_ON: Fate = { to: [...SUMMARY, 'on'] }
const REPORT_INTERVAL: Fate = { to: [...SUMMARY, 'every'], of: seconds => `${wholeSeconds(seconds)}s` }
const SUBJECT: Fate = {
  why: 'the subject of a mail says what happened: what is wrong, or that all is quiet'
}
const BATCHES: Fate = {
  why: 'batches need no interval: each is what has come, and its size follows the lag; on Spark, `batch: { interval: 250ms }` of `engine` is the least from one to the next'
}
const HOLDING: Fate = {
  why: 'batches follow the lag and the time that the last one took, from the first one on; nothing needs to be limited'
}
const SIZE: Fate = {
  why: 'the cluster decides this where Spark is started; `visor spark start` takes it on one machine'
}

/** All settings of kafka_monitor.json in its versions, of stream_monitor.py, and of Spark that both set in their code. */
const FATES: Readonly<Record<string, Fate>> = {
  'kafka.addr': { to: [...SOURCE, 'brokers'], of: value => String(value).split(/\s*,\s*/) },
  'kafka.topic': { to: [...SOURCE, 'topics'], of: value => [value].flat().map(String) },
  'email.alert.receiver': MAIL_TO,
  'email.receiver': MAIL_TO,
  'email.alert.on': { to: ['alerts', 'receivers'], of: on => (on === true ? ['mail'] : []) },
  'email.alert.subject': SUBJECT,
  'email.alert_subject': SUBJECT,
  'email.report.on': REPORT_ON,
  'email.report.interval': REPORT_INTERVAL,
  'email.report.receiver': { to: [...SUMMARY, 'to'] },
  'email.report.subject': SUBJECT,
  'email.report_interval': REPORT_INTERVAL,
  'email.report_inetrval': REPORT_INTERVAL,
  'email.report_subject': SUBJECT,
  'email.address': { why: 'a login stands in a private file of its own, which `account` names' },
  'email.password': { why: 'a login stands in a private file of its own, which `account` names' },
  master_url: {
    why: 'Visor reads in threads of its own; where one machine is too small, `engine: { type: spark, connect: sc://HOST:15002 }` names a Spark Connect server, which has the master'
  },
  app_name: { why: 'the name of an application is that of the Spark Connect server' },
  batch_interval: BATCHES,
  window_time: {
    why: 'windows are of the times that lines have, `window` is how long one is (10s), and they are no batches'
  },
  process_times: { why: 'Visor runs until it is stopped' },
  total_time: { why: 'Visor runs until it is stopped' },
  num_executors: SIZE,
  executors: SIZE,
  executor_cores: SIZE,
  executor_memory: SIZE,
  'spark.cores.max': SIZE,
  'num-executors': SIZE,
  partitions: {
    why: 'each partition of a topic is read in order, small ones together; how many there are is the topic’s own'
  },
  checkpoint: {
    why: 'offsets are stored with the counts in one transaction (`store.path`): no folder of checkpoints breaks when a rule changes'
  },
  checkpoint_dir: { why: 'offsets are stored with the counts in one transaction (`store.path`)' },
  backpressure: HOLDING,
  'spark.streaming.backpressure.enabled': HOLDING,
  'spark.streaming.backpressure.initialRate': HOLDING,
  'spark.streaming.kafka.maxRatePerPartition': HOLDING
}

/** Where the lines of stream_monitor.py came from. */
const PLACE = ['host', 'port']

/** Settings by which a file is known as one of the first Visor; the new one has none of these names. */
const MARKS = ['kafka', 'master_url', 'batch_interval', 'window_time']

/** Whether a document, as it was read from its file, is the configuration of a monitor of the first Visor. */
export function isFirstVisor(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Object.hasOwn(value, 'sources')) return false
  return MARKS.some(name => Object.hasOwn(value, name))
}

/**
 * The settings of a monitor of the first Visor as a configuration of this one. No value of a setting that is dropped is in the
 * result: there may be a password among them.
 */
export function migrate(settings: Readonly<Record<string, unknown>>): Migrated {
  const config: Record<string, unknown> = {}
  const dropped: [string, string][] = []
  const unknown: [string, string | undefined][] = []
  const isKafka = Object.hasOwn(settings, 'kafka')
  set(config, [...SOURCE, 'type'], isKafka ? 'kafka' : 'tcp')
  if (!isKafka)
    set(
      config,
      [...SOURCE, 'connect'],
      `${textOf(settings['host'], '127.0.0.1')}:${textOf(settings['port'], '5555')}`
    )
  for (const [name, value] of leavesOf(settings)) {
    const fate = FATES[name]
    if (fate && 'why' in fate) dropped.push([name, fate.why])
    else if (fate) set(config, fate.to, fate.of ? fate.of(value) : value)
    else if (isKafka || !PLACE.includes(name)) unknown.push([name, nearest(name, Object.keys(FATES))])
  }
  completeReport(config)
  if (config['receivers'] !== undefined) {
    set(config, [...RECEIVER, 'type'], 'email')
    set(config, [...RECEIVER, 'account'], 'private.json')
    // An error that is written is one that somebody was told of.
    set(config, ['alerts', 'rules', 'error-line'], {
      type: 'match',
      where: 'kind:error AND level:(error OR crit OR alert OR emerg)'
    })
  }
  return { config, dropped, unknown }
}

/** Makes a schedule of the settings of summaries, where those were mailed. */
function completeReport(config: Record<string, unknown>): void {
  const { on = true, every, to } = groupAt(config, SUMMARY)
  delete config['reports']
  if (on !== true || typeof every !== 'string') return
  const mail = groupAt(config, RECEIVER)
  if (to === undefined && mail['to'] === undefined) return
  if (mail['to'] === undefined) set(config, [...RECEIVER, 'to'], to)
  set(config, SUMMARY, {
    every,
    receivers: ['mail'],
    ...(to !== undefined && mail['to'] !== undefined && to !== mail['to'] && { to }),
    template: 'plain'
  })
  // Where windows fit into the interval, its figures are exact whatever is kept of the lines.
  const window = WINDOWS.find(seconds => Number.parseInt(every, 10) % seconds === 0)
  if (window !== undefined && window !== WINDOWS[0]) config['window'] = `${window}s`
}

/** Lengths that a window may have, in seconds, the usual one first. */
const WINDOWS = [10, 5, 4, 3, 2, 1]

/** At least a second, at most a day. */
function wholeSeconds(value: unknown): number {
  const seconds = Math.round(Number(value))
  return seconds >= 1 ? Math.min(seconds, DAY_MS / SECOND_MS) : 1
}

function groupAt(
  config: Record<string, unknown>,
  [name = '', inner = '']: readonly string[]
): Record<string, unknown> {
  const group: Record<string, Record<string, unknown>> = {}
  Object.assign(group, config[name])
  return group[inner] ?? {}
}

/** The new form as text to be pasted into a file, comments included. */
export function migratedText({ config, dropped, unknown }: Migrated): string {
  const told = [
    ...(config['receivers'] === undefined
      ? []
      : [
          'private.json is the file with the login of the first Visor; only its owner may read it (chmod 600).'
        ]),
    'Where one machine is too small, the same runs on Spark:',
    '  engine: { type: spark, connect: "sc://HOST:15002" }',
    ...(dropped.length === 0 ? [] : ['', 'What has no counterpart, and why:']),
    ...dropped.map(([setting, why]) => `  ${setting}: ${why}`),
    ...(unknown.length === 0 ? [] : ['', 'What the first Visor did not know either:']),
    ...unknown.map(([setting, near]) => `  ${setting}${near === undefined ? '' : `; did you mean ${near}?`}`)
  ]
  return `${stringify(config)}${told.map(line => `# ${line}`.trimEnd()).join('\n')}\n`
}

/** All settings by their names with dots between; one of Spark has dots itself. */
function leavesOf(settings: object, prefix = ''): [name: string, value: unknown][] {
  return Object.entries(settings).flatMap(([key, value]: [string, unknown]) => {
    const name = `${prefix}${key}`
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isGroup ? leavesOf(value, `${name}.`) : [[name, value]]
  })
}

function textOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : otherwise
}

function set(config: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name = '', ...rest] = path
  const group: Record<string, unknown> = {}
  if (rest.length > 0) {
    Object.assign(group, config[name])
    set(group, rest, value)
  }
  config[name] = rest.length > 0 ? group : value
}
