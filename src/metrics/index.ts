import type { Metric, TargetFilter } from '../core/metric.ts'
import { derivationOf } from '../derived/index.ts'
import { LOGIN, TARGET } from '../derived/path/target.ts'
import { SEVERITY_CLASSES, STATUS_CLASSES } from './classes.ts'

type Rest = Omit<Metric, 'name' | 'label' | 'summary' | 'key'> & { readonly name?: string }

/** A metric that counts by the values of a field, a derived one too, and has its name where `rest` gives no other. */
function keyed(field: string, label: string, summary: string, rest: Rest): Metric {
  const derivation = derivationOf(field)
  const key = derivation && { key: derivation.from, field, derive: derivation.derive }
  return { name: field, label, summary, ...rest, ...(key ?? { key: field }) }
}

/** The answer's bytes; servers that count its headers too log `bytes_out` instead. */
const bytes = ['bytes', 'bytes_out'] as const
const failed = { field: ['status'], min: 400 } as const

const requests = { kinds: ['access'], unit: 'requests', measure: bytes } as const
/** Keys that sections of reports read. */
const HIDDEN = { ...requests, group: 'Requested', hidden: true } as const
const timed = { measure: ['duration'], filter: { field: ['duration'], min: 0 } } as const

function targeted(query: string, passes: (target: string) => boolean): TargetFilter {
  return { field: TARGET.name, from: TARGET.from, derive: TARGET.derive, passes, query }
}
const probing = targeted(`target:* AND NOT target:${LOGIN}`, target => target !== LOGIN)
const loggingIn = targeted(`target:${LOGIN}`, target => target === LOGIN)

const RESPONSES = { ...requests, group: 'Responses' }
const REQUESTED = { ...requests, group: 'Requested' }
const AGENTS = { ...requests, group: 'User agents' }
const CLIENTS = { kinds: ['access', 'error'], unit: 'lines', measure: bytes, group: 'Clients' } as const

/** The very function that `bot` is counted by, so that it is asked once an agent. */
const botOf = derivationOf('bot')!.derive

/** What is counted of access logs. Sums are bytes of the answers, but for durations (microseconds). */
const ACCESS: readonly Metric[] = [
  {
    ...RESPONSES,
    name: 'requests',
    label: 'Requests',
    summary: 'all requests',
    key: null,
    overTime: true,
    headline: [
      { label: 'Requests', of: 'count' },
      { label: 'Sent', of: 'sum', note: 'a request' }
    ]
  },
  {
    ...RESPONSES,
    name: 'bytes',
    label: 'Bytes',
    summary: 'requests whose answer had a size, and the bytes of all',
    key: null,
    overTime: true,
    filter: { field: bytes, min: 0 }
  },
  keyed('status', 'Status', 'requests by status', {
    ...RESPONSES,
    shareOf: 'requests',
    overTime: true,
    chart: 'Requests by status',
    classes: STATUS_CLASSES
  }),
  keyed('method', 'Methods', 'requests by method', RESPONSES),
  keyed('protocol', 'Protocols', 'requests by protocol', RESPONSES),
  keyed('path', 'Paths', 'requests by path, without the query', REQUESTED),
  keyed('path', 'Paths with errors', 'requests answered with 400 or more, by path', {
    ...REQUESTED,
    name: 'error_path',
    filter: failed
  }),
  keyed('referrer', 'Referrers', 'requests by referring page', REQUESTED),
  keyed('vhost', 'Virtual hosts', 'requests by virtual host', { ...REQUESTED, below: true }),
  keyed('client', 'Clients', 'lines by client', {
    ...CLIENTS,
    headline: [{ label: 'Clients', of: 'distinct', note: 'distinct addresses' }]
  }),
  keyed('client', 'Clients with errors', 'requests answered with 400 or more, by client', {
    ...requests,
    group: CLIENTS.group,
    name: 'error_client',
    filter: failed
  }),
  keyed('country', 'Countries', 'lines by the country in which the client is registered', CLIENTS),
  keyed('agent', 'User agents', 'requests by user agent', AGENTS),
  keyed('browser', 'Browsers', 'requests by browser, as the user agent names it', AGENTS),
  keyed('os', 'Systems', 'requests by operating system, as the user agent names it', {
    ...AGENTS,
    below: true
  }),
  keyed('bot', 'Bots', 'requests of programs, by the name in the user agent', {
    ...AGENTS,
    shareOf: 'requests'
  }),
  keyed('duration', 'Duration', 'requests by logarithmic bucket of the time they took, for percentiles', {
    ...RESPONSES,
    buckets: true,
    overTime: true,
    chart: 'Latency',
    measure: ['duration'],
    headline: [{ label: 'Latency', of: 'percentiles' }]
  }),
  keyed('client', 'Visitors', 'requests by client and user agent together, programs apart', {
    ...HIDDEN,
    name: 'visitor',
    // The error of the estimate beyond this is 1.6 %.
    byDay: 2048,
    pair: { field: 'agent', hashed: { except: botOf } }
  }),
  keyed('path', 'Not found', 'requests answered with 404, by path', {
    ...HIDDEN,
    name: 'not_found_path',
    filter: { field: ['status'], min: 404, max: 404 }
  }),
  keyed('path', 'Failed paths', 'requests answered with 500 or more, by path', {
    ...HIDDEN,
    name: 'failed_path',
    filter: { field: ['status'], min: 500 }
  }),
  keyed('path', 'Failed paths of hosts', 'requests answered with 500 or more, by virtual host and path', {
    ...HIDDEN,
    name: 'failed_vhost_path',
    filter: { field: ['status'], min: 500 },
    pair: { field: 'vhost' }
  }),
  keyed('resource', 'Kinds of content', 'requests by what the path names: a page, an image, a style', HIDDEN),
  keyed('path', 'Time of paths', 'requests by path, and the time that they took', {
    ...HIDDEN,
    ...timed,
    name: 'path_duration'
  }),
  keyed('bot', 'Time of bots', 'requests of programs, and the time that they took', {
    ...HIDDEN,
    ...timed,
    name: 'bot_duration'
  }),
  keyed('vhost', 'Status of hosts', 'requests by status and virtual host', {
    ...HIDDEN,
    name: 'vhost_status',
    pair: { field: 'status' }
  }),
  keyed(
    'vhost',
    'Duration of hosts',
    'requests by logarithmic bucket of the time they took and virtual host',
    {
      ...HIDDEN,
      measure: ['duration'],
      name: 'vhost_duration',
      pair: { field: 'duration', buckets: true }
    }
  ),
  keyed('target', 'Targets', 'requests by what attackers are after who ask for such paths', HIDDEN),
  keyed('client', 'Clients that probe', 'requests for what attackers look for, by client', {
    ...HIDDEN,
    name: 'probe_client',
    target: probing
  }),
  keyed(
    'path',
    'Answered probes',
    'requests for what attackers look for that were answered with content, by path',
    {
      ...HIDDEN,
      name: 'answered_probe',
      target: probing,
      filter: { field: ['status'], min: 200, max: 299 }
    }
  ),
  keyed('client', 'Clients at logins', 'requests for pages where people log in, by client', {
    ...HIDDEN,
    name: 'login_client',
    target: loggingIn
  }),
  keyed('client', 'Refused clients', 'requests answered with 401 or 403, by client', {
    ...HIDDEN,
    name: 'refused_client',
    filter: { field: ['status'], min: 401, max: 403 }
  })
]

const lines = { kinds: ['error'], group: 'Error log', unit: 'lines', measure: [] } as const

/** What is counted of error logs, beside `client`, which both kinds share. */
const ERROR: readonly Metric[] = [
  keyed('signature', 'Messages', 'error-log lines by the signature of their message', {
    ...lines,
    name: 'message',
    spans: true,
    details: 'signatures'
  }),
  keyed('signature', 'Severity of messages', 'error-log lines by severity and signature', {
    ...lines,
    name: 'level_message',
    hidden: true,
    pair: { field: 'level' }
  }),
  keyed('client', 'Severity of clients', 'error-log lines by severity and client', {
    ...lines,
    name: 'level_client',
    hidden: true,
    pair: { field: 'level' }
  }),
  keyed('code', 'Codes', 'error-log lines by the AH code of their message', { ...lines, below: true }),
  keyed('level', 'Severity', 'error-log lines by severity', {
    ...lines,
    overTime: true,
    chart: 'Error log',
    classes: SEVERITY_CLASSES,
    headline: [{ label: 'Error-log lines', of: 'count', note: 'all severities' }]
  }),
  keyed('module', 'Modules', 'error-log lines by module', { ...lines, below: true })
]

/** All built-in metrics: a new one is one entry in the list of its kind. */
export const METRICS: readonly Metric[] = [...ACCESS, ...ERROR]
