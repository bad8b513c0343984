import type { Kind } from '../../core/fields.ts'
import type { PartFields, LinePart } from '../../core/parts.ts'
import type { Micros } from '../../core/time.ts'
import type { Take } from '../draft.ts'
import type { Complaint } from './complaints.ts'
import type { Visit } from './visit.ts'

/** Bytes of an answer's header, and of a request. */
const HEADER = 264
const REQUEST = 412

const WORKERS = 8
const NOBODY: LinePart = { id: -1, fields: {} }

/** Gives a request's line of the access log, and of what went wrong one of the error log, where `kinds` has these. */
export function writeVisit(visit: Visit, kinds: ReadonlySet<Kind>, incident: number, take: Take): void {
  const { time, visitor, page, from, complaint, remark } = visit
  if (!remark && kinds.has('access')) {
    const parts = [visitor.part, page, from]
    take({ kind: 'access', time, parts, own: accessFields(visit), incident })
  }
  if (complaint && kinds.has('error')) {
    const parts = remark ? [NOBODY, NOBODY] : [visitor.part, page]
    take({ kind: 'error', time, parts, own: errorFields(visit, complaint), incident })
  }
}

function accessFields({ time, visitor, answer, complaint }: Visit): PartFields {
  const worker = visitor.part.id % WORKERS
  const sent = (answer.bytes ?? 0) + HEADER
  return {
    status: answer.status,
    bytes: answer.bytes,
    duration: answer.duration,
    ttfb: Math.round(answer.duration * 0.9),
    ttfu: 90,
    time_end: time + answer.duration,
    bytes_in: REQUEST,
    bytes_out: sent,
    bytes_total: sent + REQUEST,
    pid: 2210 + worker,
    tid: 140_158_091_960_000 + worker * 2240,
    client_port: portOf(visitor),
    keepalive: visitor.requests % 100,
    connection: '+',
    request_id: complaint ? requestId(time) : null,
    handler: 'proxy-server',
    local_address: '10.0.0.5',
    local_port: 443
  }
}

function errorFields({ time, visitor, from, remark }: Visit, complaint: Complaint): PartFields {
  const worker = remark ? 0 : visitor.part.id % WORKERS
  return {
    level: complaint.level,
    module: complaint.module,
    message: complaint.message,
    details: complaint.details ?? null,
    pid: remark ? 2200 : 2210 + worker,
    tid: 140_158_091_960_000 + worker * 2240,
    client_port: remark ? null : portOf(visitor),
    connection_id: remark ? null : String(portOf(visitor)),
    request_id: remark ? null : requestId(time),
    referrer: remark ? null : (from.fields['referrer'] ?? null),
    local_address: '10.0.0.5',
    local_port: 443
  }
}

/** The port of a visitor's connection: another one every hundred requests. */
function portOf({ part, requests }: Visit['visitor']): number {
  return 20_000 + ((part.id * 7919 + Math.floor(requests / 100)) % 40_000)
}

/** An id such as mod_log_debug's: the same in both lines of a request. */
function requestId(time: Micros): string {
  return `r${time.toString(36)}`
}
