import type { Snapshot } from '../snapshot.ts'

/** How a Visor stands of which all is known: two sources, alerts, an engine elsewhere. */
export const FULL: Snapshot = {
  status: {
    now: 1_900_000_000_000,
    version: '1.2.3',
    started: 1_800_000_000_000,
    counters: { read: 12, parsed: 9, rejected: 2, late: 1, bytes: 900 },
    sources: [
      {
        name: 'shop',
        kinds: ['access'],
        state: 'reading',
        detail: '',
        rate: 3,
        lag: { bytes: 50, seconds: 2.5 },
        held: 1500,
        counters: { read: 12, parsed: 9, rejected: 2, late: 1, bytes: 900 },
        latest: 1_899_999_999_500,
        streams: [],
        account: { unit: 'bytes', read: 900, lost: 7 }
      },
      {
        name: 'kafka',
        kinds: [],
        state: 'problem',
        detail: 'GET /secret?token=1 fails',
        rate: 0,
        lag: { bytes: 4 },
        counters: { read: 0, parsed: 0, rejected: 0, late: 0, bytes: 0 },
        figures: { messagesBehind: 11, refused: { 'refused: too many': 3 } },
        streams: [],
        account: { unit: 'messages', read: 0, lost: 5 }
      }
    ],
    rates: { to: 0, read: [], rejected: [] },
    lines: [],
    store: { rows: 10, bytes: 4096, queue: 2, lastCommit: 1_899_999_999_000 },
    engine: {
      name: 'Spark at sc://user:secret@host',
      state: 'working',
      detail: '',
      executors: 2,
      cores: 8,
      batch: { p50: 400, p99: 900, last: 500, rowsPerSecond: 100, tasks: 16 },
      behind: { messages: 11, bytes: 4 },
      lag: [],
      catchUp: 3000,
      history: { to: 0, messages: [], bytes: [], batch: [] }
    },
    alerts: {
      firing: { info: 0, warning: 1, critical: 2 },
      pending: { info: 3, warning: 0, critical: 0 },
      acknowledged: 1,
      silences: 4,
      revision: 1
    }
  },
  disk: { free: 1000, size: 9000 },
  outbox: { waiting: 1, oldest: 2000 },
  listeners: 6,
  configuration: { loaded: 1_800_000_000_000 },
  readiness: {}
}
