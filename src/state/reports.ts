import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { Notification } from '../alerts/model.ts'
import type { Millis } from '../core/time.ts'
import type { ReportDocument } from '../reports/block.ts'
import type { ReportRun } from '../reports/run.ts'
import { restoredDocument } from '../reports/saved.ts'
import type { StateDatabase } from './database.ts'
import type { JsonRows } from './rows.ts'
import type { ScheduleState, StateStore } from './types.ts'

/** How many runs of each part of a schedule are kept. */
const MAX_RUNS = 500

const SUPERFLUOUS = `
  delete from report_runs where expires < ? or seq in (
    select seq from (select seq, row_number() over (partition by schedule, part order by seq desc) as place from report_runs)
    where place > ${MAX_RUNS}
  )`

type Reports = Pick<
  StateStore,
  'reports' | 'report' | 'reportDocument' | 'schedule' | 'commitReports' | 'forgetReports'
>

/** The reports that were made at set times, and how far each schedule has come. */
export function reportRecords(
  database: StateDatabase,
  rows: JsonRows,
  send: (notification: Notification) => void
): Reports {
  return {
    reports: ({ schedule, since, limit }) =>
      rows.newest('report_runs', 'due', { 'schedule = ?': schedule, 'due >= ?': since }, limit),
    report: id =>
      rows.read<ReportRun>('report_runs', 'select id, data from report_runs where id = ?', [id])[0],
    reportDocument: id => {
      const [row] = database.all('select id, document from report_runs where id = ?', [id])
      if (!(row?.['document'] instanceof Uint8Array)) return undefined
      const json = whole(row['document'])
      return rows.parse<ReportDocument>('report_runs', row, json).map(restoredDocument)[0]
    },
    schedule: name => rows.read<ScheduleState>('items', SCHEDULE, [name])[0],
    commitReports: ({ schedule, runs, notifications }) =>
      database.transaction(() => {
        for (const { run, document, expires } of runs) writeRun(database, run, document, expires)
        notifications.forEach(send)
        if (!schedule) return
        const { name, ...data } = schedule
        const item = { kind: 'schedule', id: name, data: JSON.stringify(data) }
        database.insert('items', item, 'or replace')
      }),
    forgetReports: now => void database.run(SUPERFLUOUS, [now])
  }
}

const SCHEDULE = "select id, data from items where kind = 'schedule' and id = ?"

/** What was compressed; text that is no JSON where it is damaged. */
function whole(bytes: Uint8Array): string {
  try {
    return zstdDecompressSync(bytes).toString()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function writeRun(
  database: StateDatabase,
  run: ReportRun,
  document: ReportDocument | undefined,
  expires: Millis
): void {
  const { id, schedule, part = '', due, at } = run
  database.insert(
    'report_runs',
    {
      id,
      schedule,
      part,
      due,
      at,
      expires,
      data: JSON.stringify(run),
      document: document ? zstdCompressSync(JSON.stringify(document)) : null
    },
    // The same run is the same report.
    'or ignore'
  )
}
