import { fromBinary } from '@bufbuild/protobuf'
import { Code, ConnectError } from '@connectrpc/connect'
import { VisorError, type ErrorCode } from '../core/errors.ts'
import { reasonOf } from '../system/reason.ts'
import { ErrorInfoSchema } from './proto/connect_pb.ts'

/**
 * Whose fault it is, and so what to do:
 * - `connection`: nothing answered, or no longer; the same again may work
 * - `session`: the server has ended the session, or was started anew; a session is to be opened
 * - `refused`: the server does not let this client in, or is none of Spark Connect
 * - `task`: the plan began, and a program or an executor failed; the same again may work
 * - `plan`: Spark does not accept the plan; the same again fails the same
 */
export type SparkErrorKind = 'connection' | 'session' | 'refused' | 'task' | 'plan'

const CODES: Readonly<Record<SparkErrorKind, ErrorCode>> = {
  connection: 'SPARK',
  session: 'SPARK',
  refused: 'SPARK_REFUSED',
  task: 'SPARK_PLAN',
  plan: 'SPARK_PLAN'
}

interface SparkErrorDetails extends ErrorOptions {
  readonly code?: ErrorCode
  readonly errorClass?: string
  readonly detail?: string
  readonly status?: number
}

/** What went wrong with Spark. The message has where, and the line of what Spark said that helps most. */
export class SparkError extends VisorError {
  readonly kind: SparkErrorKind
  /** Spark's own name of the error, such as `TABLE_OR_VIEW_NOT_FOUND`. */
  readonly errorClass: string | undefined
  /** All that Spark said. */
  readonly detail: string
  /** What a program that TRANSFORM started ended with; 128 and the number of a signal that killed it. */
  readonly status: number | undefined

  constructor(kind: SparkErrorKind, message: string, details: SparkErrorDetails = {}) {
    super(details.code ?? CODES[kind], message, details)
    this.kind = kind
    this.errorClass = details.errorClass
    this.detail = details.detail ?? ''
    this.status = details.status
  }
}

/** What is known of a failed call before Spark is asked for more. */
export interface Failure {
  /** By which Spark tells more about it. */
  readonly errorId: string | undefined
  /** Nothing answered in time: the connection may be dead. */
  readonly silent: boolean
  /** The error for a server, with all messages of Spark that are known, the outermost first. */
  describe: (at: string, messages?: readonly string[]) => SparkError
}

/** Reads the error of a call. `runs`: of one that runs a plan, which may fail after it was accepted. */
export function failureOf(cause: unknown, runs: boolean): Failure {
  const failed = ConnectError.from(cause)
  const info = failed.details.find(one => 'type' in one && one.type === 'google.rpc.ErrorInfo')
  const metadata =
    info && 'type' in info ? fromBinary(ErrorInfoSchema, info.value).metadata : ({} as Record<string, string>)
  const kind = kindOf(failed, metadata, runs)
  return {
    errorId: kind === 'task' || kind === 'plan' ? metadata['errorId'] : undefined,
    silent: failed.code === Code.DeadlineExceeded,
    describe: (at, messages = [failed.rawMessage]) => {
      const errorClass = metadata['errorClass']
      const common = { cause, detail: messages.join('\n\n'), ...(errorClass !== undefined && { errorClass }) }
      if (kind === 'connection') return new SparkError(kind, `${at} ${connectionProblem(failed)}`, common)
      if (kind === 'refused')
        return new SparkError(kind, `${at} does not let this client in: ${plain(failed.rawMessage)}`, common)
      const exit = messages.map(exitIn).find(found => found !== undefined)
      const line = exit ? exit.line : (usefulLine(messages) ?? unexplained(metadata['classes']))
      return new SparkError(kind, `${at}: ${line}`, { ...common, ...(exit && { status: exit.status }) })
    }
  }
}

const REFUSALS = new Set([Code.Unauthenticated, Code.PermissionDenied, Code.Unimplemented])
/** Classes of errors that are found before anything runs. */
const BEFORE =
  /AnalysisException|ParseException|IllegalArgument|Unsupported|InvalidPlanInput|SparkNoSuchElement/
const STOPPING = /SparkContext (?:was|has been) (?:shut down|stopped)|stopped SparkContext/i

function kindOf(
  { code, rawMessage }: ConnectError,
  metadata: Readonly<Record<string, string>>,
  runs: boolean
): SparkErrorKind {
  if (metadata['errorClass']?.startsWith('INVALID_HANDLE.SESSION')) return 'session'
  if (REFUSALS.has(code)) return 'refused'
  if (STOPPING.test(rawMessage)) return 'connection'
  if (metadata['classes'] !== undefined) return runs && !BEFORE.test(metadata['classes']) ? 'task' : 'plan'
  return code === Code.ResourceExhausted ? 'plan' : 'connection'
}

/** What connections come to that are not made as the server wants them. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /wrong version number|packet length too long|before secure TLS/i,
    'does not speak TLS there; "use_ssl=true" is to be left out'
  ],
  [/certificate|altname/i, 'shows a certificate that is not trusted'],
  [
    /NGHTTP2_PROTOCOL_ERROR|Protocol error/i,
    'does not speak gRPC there; it may want TLS ("use_ssl=true"), or be something else'
  ],
  [
    /stream closed with error code|ECONNRESET/i,
    'has closed the connection without an answer: it was ended, or is no Spark Connect server (Kafka and databases do so, too)'
  ]
]

function connectionProblem(failed: ConnectError): string {
  if (failed.code === Code.DeadlineExceeded) return 'does not answer in time'
  if (STOPPING.test(failed.rawMessage)) return 'is being stopped'
  const [first = ''] = failed.rawMessage.split('\n')
  const reason = failed.cause instanceof Error ? reasonOf(failed.cause) : plain(first)
  const hint = HINTS.find(([pattern]) => pattern.test(`${failed.rawMessage} ${reason}`))?.[1]
  return hint ?? `does not answer: ${reason}`
}

const EXIT = /Subprocess exited with status (\d+)\. Error: ([\s\S]*?)\.?\s*$/
const EXIT_INSIDE = /Subprocess exited with status (\d+)\. Error: ([\s\S]*?)\.?\n\s*at org\.apache\.spark/

/** How a program ended, and the line of its standard error (Spark keeps its last 2 KiB) that helps most. */
function exitIn(message: string): { status: number; line: string } | undefined {
  const [, status, text = ''] = EXIT_INSIDE.exec(message) ?? EXIT.exec(message) ?? []
  if (status === undefined) return undefined
  const lines = text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
  const line =
    lines.findLast(line => line.startsWith('visor')) ??
    lines.find(line => /^(?:Uncaught )?\w*Error\b/.test(line)) ??
    lines.at(-1)
  const ended = `a worker ended with status ${status}${Number(status) > 128 ? ` (killed by signal ${Number(status) - 128})` : ''}`
  return { status: Number(status), line: line === undefined ? ended : `${ended}: ${line}` }
}

/** The first line that says something; of a failed task what failed in it, and of what only failed as a whole its cause. */
function usefulLine(messages: readonly string[]): string | undefined {
  const lines = messages
    .map(whole => /most recent failure: (?:Lost task [^:]*: )?([\s\S]*)/.exec(whole)?.[1] ?? whole)
    .flatMap(text => text.split('\n'))
    .map(line => line.trim())
  const first = lines.find(line => line !== '')
  if (first === undefined) return undefined
  const causes = lines.flatMap(line => /^Caused by: (?:[\w.$]+: )?(.+)$/.exec(line)?.[1] ?? [])
  const [line = first] = AS_A_WHOLE.test(first) ? [causes.at(-1)] : []
  return plain(line)
}

/** What is said of work that failed, where the reason comes later. */
const AS_A_WHOLE = /Task failed while writing|TASK_WRITE_FAILED|Job aborted\.?$|Writing job aborted/

/** Of exceptions without a message there is their name. */
function unexplained(classes = ''): string {
  const name = /"(?:[\w$]+\.)*([\w$]+)"/.exec(classes)?.[1]
  return name === undefined ? 'no reason was given' : `it failed without a reason (${name})`
}

/** A line without Spark's and Java's own framing. */
function plain(text: string): string {
  return text
    .trim()
    .replace(/^(?:[a-z]\w*\.)+[A-Z]\w*: /, '')
    .replace(/^\[[A-Z_.]+\] /, '')
    .replace(/\s*SQLSTATE: \w{5}.*$/s, '')
}
