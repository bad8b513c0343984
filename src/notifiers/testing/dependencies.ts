import type { NotifierDependencies } from '../kind.ts'
import { NOW } from './samples.ts'

/** Dependencies for tests; the clock shows when messages are made. */
export function dependenciesOf(more: Partial<NotifierDependencies> = {}): NotifierDependencies {
  return {
    name: 'ops',
    clock: () => NOW - 8.7,
    folder: '',
    host: 'web1.example.org',
    latencies: () => [],
    stdout: process.stdout,
    ...more
  }
}

/** The same where there is a page. */
export function dependenciesWithPage(more: Partial<NotifierDependencies> = {}): NotifierDependencies {
  const page = 'https://visor.example.org'
  return dependenciesOf({
    page,
    links: ({ id }) => ({
      show: `${page}/#alert=${id}`,
      acknowledge: `${page}/alerts/acknowledge?n=${id}&s=9f2c`,
      silence: `${page}/alerts/silence?n=${id}&s=77ab`
    }),
    latencies: () => Array.from({ length: 240 }, (_, i) => 6 + (i % 40) * 0.4 + (i === 7 ? 30 : 0)),
    ...more
  })
}
