import type { Metric } from '../core/metric.ts'
import { agentOf, countryOf } from '../derived/index.ts'

const access = ['access'] as const
const failed = { field: ['status'], min: 400 } as const
/** The answer's bytes; servers that count its headers too tell `bytes_out` instead. */
const bytes = ['bytes', 'bytes_out'] as const

/** What is counted of access logs. Sums are bytes of the answers, but for durations (microseconds). */
export const ACCESS_METRICS: readonly Metric[] = [
  {
    name: 'requests',
    title: 'Requests',
    summary: 'all requests',
    kinds: access,
    key: null,
    overTime: true,
    measure: bytes
  },
  {
    name: 'bytes',
    title: 'Bytes',
    summary: 'requests whose answer had a size, and the bytes of all',
    kinds: access,
    key: null,
    overTime: true,
    measure: bytes,
    where: { field: bytes, min: 0 }
  },
  {
    name: 'status',
    title: 'Status',
    summary: 'requests by status',
    kinds: access,
    key: 'status',
    overTime: true,
    measure: bytes
  },
  {
    name: 'method',
    title: 'Methods',
    summary: 'requests by method',
    kinds: access,
    key: 'method',
    measure: bytes
  },
  {
    name: 'path',
    title: 'Paths',
    summary: 'requests by path, without the query',
    kinds: access,
    key: 'path',
    measure: bytes
  },
  {
    name: 'client',
    title: 'Clients',
    summary: 'lines by client',
    kinds: ['access', 'error'],
    key: 'client',
    measure: bytes
  },
  {
    name: 'error_client',
    title: 'Clients with errors',
    summary: 'requests answered with 400 or more, by client',
    kinds: access,
    key: 'client',
    measure: bytes,
    where: failed
  },
  {
    name: 'error_path',
    title: 'Paths with errors',
    summary: 'requests answered with 400 or more, by path',
    kinds: access,
    key: 'path',
    measure: bytes,
    where: failed
  },
  {
    name: 'referrer',
    title: 'Referrers',
    summary: 'requests by referring page',
    kinds: access,
    key: 'referrer',
    measure: bytes
  },
  {
    name: 'agent',
    title: 'User agents',
    summary: 'requests by user agent',
    kinds: access,
    key: 'agent',
    measure: bytes
  },
  {
    name: 'browser',
    title: 'Browsers',
    summary: 'requests by browser, as the user agent tells it',
    kinds: access,
    key: 'agent',
    derive: text => agentOf(text).browser,
    measure: bytes
  },
  {
    name: 'os',
    title: 'Systems',
    summary: 'requests by operating system, as the user agent tells it',
    kinds: access,
    key: 'agent',
    derive: text => agentOf(text).os,
    measure: bytes
  },
  {
    name: 'bot',
    title: 'Bots',
    summary: 'requests of programs, by the name that the user agent tells',
    kinds: access,
    key: 'agent',
    derive: text => agentOf(text).bot,
    measure: bytes
  },
  {
    name: 'country',
    title: 'Countries',
    summary: 'lines by the country in which the client is registered',
    kinds: ['access', 'error'],
    key: 'client',
    derive: countryOf,
    measure: bytes
  },
  {
    name: 'vhost',
    title: 'Virtual hosts',
    summary: 'requests by virtual host',
    kinds: access,
    key: 'vhost',
    measure: bytes
  },
  {
    name: 'protocol',
    title: 'Protocols',
    summary: 'requests by protocol',
    kinds: access,
    key: 'protocol',
    measure: bytes
  },
  {
    name: 'duration',
    title: 'Duration',
    summary: 'requests by logarithmic bucket of the time they took, for percentiles',
    kinds: access,
    key: 'duration',
    buckets: true,
    overTime: true,
    measure: ['duration']
  }
]
