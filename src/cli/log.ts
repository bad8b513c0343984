import { pino } from 'pino'
import type { ErrorCode } from '../core/errors.ts'
import { visible } from '../core/visible.ts'
import type { LogConfig } from '../config/schema.ts'
import { CLEAR_LINE, type Context, type Output } from './context.ts'

/** What a message is about. */
export type Component = 'visor' | 'source' | 'store' | 'engine' | 'configuration' | 'page' | 'reports'

/** A message of a running Visor about itself. */
export interface LogMessage {
  readonly level: LogConfig['level']
  readonly component: Component
  readonly text: string
  /** The name of the source that it is about. */
  readonly source?: string
  /** Of an error, its code (docs/errors.md) and what to do. */
  readonly code?: ErrorCode
  readonly remedy?: string
}

export type Log = (message: LogMessage) => void

/** The levels of syslog, as journald takes them at the beginning of a line (sd-daemon(3)). */
const PRIORITY: Readonly<Record<LogConfig['level'], number>> = { debug: 7, info: 6, warn: 4, error: 3 }

/**
 * The log of a running Visor, on standard error. Each message is one line: what a terminal would act on is shown, not sent. As text there
 * is no time in it, since whoever gathers it adds one; where that is journald (`isJournal`), it is told the level. `terminal` is where
 * a line is written over again and again, which is cleared before.
 */
export function logTo(
  stderr: { readonly write: (text: string) => unknown },
  { format, level }: LogConfig,
  { isJournal = false, terminal }: { readonly isJournal?: boolean; readonly terminal?: Output } = {}
): Log {
  const clear = terminal?.isTTY === true ? CLEAR_LINE : ''
  const log = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) }
    },
    {
      write: line => void stderr.write(format === 'json' ? line : clear + textOf(JSON.parse(line), isJournal))
    }
  )
  return ({ level, text, source, ...more }) =>
    log[level]({ ...more, ...(source !== undefined && { source: visible(source) }) }, visible(text))
}

/** The log of a command that watches. */
export function ownLog(config: LogConfig, { stderr, stdout, env }: Context): Log {
  return logTo(stderr, config, {
    isJournal: env['JOURNAL_STREAM'] !== undefined && stderr.isTTY !== true,
    terminal: stdout
  })
}

/** Has it told by lines of the log why the process ends, where that is for programs. */
export function tellFailures({ told }: Pick<Context, 'told'>, format: LogConfig['format']): void {
  if (!told || format === 'text') return
  told.as = ({ code, message, remedy }) => {
    const lines: string[] = []
    const log = logTo({ write: text => lines.push(text) }, { format, level: 'error' })
    log({ level: 'error', component: 'visor', code, text: message, remedy })
    return lines.join('')
  }
}

interface Line {
  readonly level: LogConfig['level']
  readonly message: string
  readonly remedy?: string
}

function textOf({ level, message, remedy }: Line, isJournal: boolean): string {
  const priority = isJournal ? `<${PRIORITY[level]}>` : ''
  const advice = remedy === undefined ? '' : `${priority}       ${visible(remedy)}\n`
  return `${priority}visor: ${message}\n${advice}`
}
