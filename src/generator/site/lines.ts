import type { Kind } from '../../core/fields.ts'
import type { LinePart } from '../../core/parts.ts'
import type { Micros } from '../../core/time.ts'
import type { Draft, Take } from '../draft.ts'
import type { Visit } from './visit.ts'

/** Bytes of an answer's header, and of a request. */
const HEADER = 264
const REQUEST = 412

const WORKERS = 8
const NOBODY: LinePart = { id: -1, fields: {} }

/** Makes of each request its line of the access log, and of what went wrong one of the error log. */
export class VisitLines {
  readonly #kinds: ReadonlySet<Kind>
  readonly #access = accessFields()
  readonly #error = errorFields()
  readonly #accessParts: LinePart[] = []
  readonly #errorParts: LinePart[] = []
  readonly #draft: Draft = { kind: 'access', time: 0, parts: [], own: {}, incident: -1 }

  /** For the logs that are written. */
  constructor(kinds: ReadonlySet<Kind>) {
    this.#kinds = kinds
  }

  /** Gives the lines of a request. */
  write(visit: Visit, incident: number, take: Take): void {
    if (!visit.remark && this.#kinds.has('access')) take(this.#accessLine(visit, incident))
    if (visit.complaint && this.#kinds.has('error')) take(this.#errorLine(visit, incident))
  }

  #accessLine({ time, visitor, page, from, answer, complaint }: Visit, incident: number): Draft {
    const own = this.#access
    const { id } = visitor.part
    const worker = id % WORKERS
    own.status = answer.status
    own.bytes = answer.bytes
    own.duration = answer.duration
    own.ttfb = Math.round(answer.duration * 0.9)
    own.time_end = time + answer.duration
    own.bytes_out = (answer.bytes ?? 0) + HEADER
    own.bytes_total = own.bytes_out + REQUEST
    own.pid = 2210 + worker
    own.tid = 140_158_091_960_000 + worker * 2240
    own.client_port = portOf(id, visitor.requests)
    own.keepalive = visitor.requests % 100
    own.request_id = complaint ? requestId(time) : null
    const parts = this.#accessParts
    parts[0] = visitor.part
    parts[1] = page
    parts[2] = from
    return this.#filled('access', time, parts, own, incident)
  }

  #errorLine({ time, visitor, page, from, complaint, remark }: Visit, incident: number): Draft {
    const own = this.#error
    const worker = remark ? 0 : visitor.part.id % WORKERS
    own.level = complaint?.level ?? 'error'
    own.module = complaint?.module ?? 'core'
    own.message = complaint?.message ?? null
    own.details = complaint?.details ?? null
    own.pid = remark ? 2200 : 2210 + worker
    own.tid = 140_158_091_960_000 + worker * 2240
    own.client_port = remark ? null : portOf(visitor.part.id, visitor.requests)
    own.connection_id = remark ? null : String(portOf(visitor.part.id, visitor.requests))
    own.request_id = remark ? null : requestId(time)
    own.referrer = remark ? null : (from.fields['referrer'] ?? null)
    const parts = this.#errorParts
    parts[0] = remark ? NOBODY : visitor.part
    parts[1] = remark ? NOBODY : page
    return this.#filled('error', time, parts, own, incident)
  }

  #filled(kind: Kind, time: Micros, parts: readonly LinePart[], own: Draft['own'], incident: number): Draft {
    const draft = this.#draft
    draft.kind = kind
    draft.time = time
    draft.parts = parts
    draft.own = own
    draft.incident = incident
    return draft
  }
}

function accessFields() {
  return {
    status: 0,
    bytes: null as number | null,
    duration: 0,
    ttfb: 0,
    ttfu: 90,
    time_end: 0,
    bytes_in: REQUEST,
    bytes_out: 0,
    bytes_total: 0,
    pid: 0,
    tid: 0,
    client_port: 0,
    keepalive: 0,
    connection: '+',
    request_id: null as string | null,
    handler: 'proxy-server',
    local_address: '10.0.0.5',
    local_port: 443
  }
}

function errorFields() {
  return {
    level: '',
    module: '',
    message: null as string | null,
    details: null as string | null,
    pid: 0,
    tid: 0,
    client_port: null as number | null,
    connection_id: null as string | null,
    request_id: null as string | null,
    referrer: null as string | number | null,
    local_address: '10.0.0.5',
    local_port: 443
  }
}

/** The port of a visitor's connection: another one every hundred requests. */
function portOf(id: number, requests: number): number {
  return 20_000 + ((id * 7919 + Math.floor(requests / 100)) % 40_000)
}

/** An id such as mod_log_debug's: the same in both lines of a request. */
function requestId(time: Micros): string {
  return `r${time.toString(36)}`
}
