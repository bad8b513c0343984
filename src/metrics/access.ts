import type { Metric } from '../core/metric.ts'
import { STATUS_CLASSES } from './classes.ts'
import { derived } from './derived.ts'

/** The answer's bytes; servers that count its headers too log `bytes_out` instead. */
const bytes = ['bytes', 'bytes_out'] as const
const failed = { field: ['status'], min: 400 } as const

const requests = { kinds: ['access'], unit: 'requests', measure: bytes } as const
const lines = { kinds: ['access', 'error'], unit: 'lines', measure: bytes } as const

const RESPONSES = { ...requests, group: 'Responses' }
const REQUESTED = { ...requests, group: 'Requested' }
const AGENTS = { ...requests, group: 'User agents' }
const CLIENTS = 'Clients'

/** What is counted of access logs. Sums are bytes of the answers, but for durations (microseconds). */
export const ACCESS_METRICS: readonly Metric[] = [
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
  {
    ...RESPONSES,
    name: 'status',
    label: 'Status',
    summary: 'requests by status',
    key: 'status',
    shareOf: 'requests',
    overTime: true,
    chart: 'Requests by status',
    classes: STATUS_CLASSES
  },
  { ...RESPONSES, name: 'method', label: 'Methods', summary: 'requests by method', key: 'method' },
  { ...RESPONSES, name: 'protocol', label: 'Protocols', summary: 'requests by protocol', key: 'protocol' },
  {
    ...REQUESTED,
    name: 'path',
    label: 'Paths',
    summary: 'requests by path, without the query',
    key: 'path'
  },
  {
    ...REQUESTED,
    name: 'error_path',
    label: 'Paths with errors',
    summary: 'requests answered with 400 or more, by path',
    key: 'path',
    filter: failed
  },
  {
    ...REQUESTED,
    name: 'referrer',
    label: 'Referrers',
    summary: 'requests by referring page',
    key: 'referrer'
  },
  {
    ...REQUESTED,
    name: 'vhost',
    label: 'Virtual hosts',
    summary: 'requests by virtual host',
    key: 'vhost',
    below: true
  },
  {
    ...lines,
    name: 'client',
    label: 'Clients',
    group: CLIENTS,
    summary: 'lines by client',
    key: 'client',
    headline: [{ label: 'Clients', of: 'distinct', note: 'distinct addresses' }]
  },
  {
    ...requests,
    name: 'error_client',
    label: 'Clients with errors',
    group: CLIENTS,
    summary: 'requests answered with 400 or more, by client',
    key: 'client',
    filter: failed
  },
  {
    ...lines,
    ...derived('country'),
    name: 'country',
    label: 'Countries',
    group: CLIENTS,
    summary: 'lines by the country in which the client is registered'
  },
  { ...AGENTS, name: 'agent', label: 'User agents', summary: 'requests by user agent', key: 'agent' },
  {
    ...AGENTS,
    ...derived('browser'),
    name: 'browser',
    label: 'Browsers',
    summary: 'requests by browser, as the user agent names it'
  },
  {
    ...AGENTS,
    ...derived('os'),
    name: 'os',
    label: 'Systems',
    summary: 'requests by operating system, as the user agent names it',
    below: true
  },
  {
    ...AGENTS,
    ...derived('bot'),
    name: 'bot',
    label: 'Bots',
    summary: 'requests of programs, by the name in the user agent',
    shareOf: 'requests'
  },
  {
    ...RESPONSES,
    name: 'duration',
    label: 'Duration',
    summary: 'requests by logarithmic bucket of the time they took, for percentiles',
    key: 'duration',
    buckets: true,
    overTime: true,
    chart: 'Latency',
    measure: ['duration'],
    headline: [{ label: 'Latency', of: 'percentiles' }]
  }
]
