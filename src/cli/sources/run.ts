import { accountsOf } from '../../app/accounts.ts'
import { counted, formatCount } from '../../core/units.ts'
import type { SourceAccount, SourcesAnswer, StreamAccount } from '../../server/api-types.ts'
import type { Environment } from '../../system/folders.ts'
import { daemonOf, openAnswers, type Ask } from '../asking.ts'
import type { StoreSelection } from '../options.ts'
import { storeFor } from '../settings.ts'
import { textTable } from '../text-table.ts'

/** So many streams of a source are shown that are over and lack nothing. */
const MAX_WHOLE = 10

/** What became of each source of the configuration and the store, or of those that are named. */
export async function sourceAccounts(
  options: StoreSelection & { readonly source?: readonly string[] },
  env: Environment
): Promise<readonly SourceAccount[]> {
  const config = storeFor(options, env)
  const ask = await daemonOf(config.store.path)
  const wanted = ({ name }: SourceAccount): boolean => options.source?.includes(name) ?? true
  // Who runs the daemon can see the logs.
  if (ask) return (await accounts(ask)).filter(wanted)
  const opened = await openAnswers(config.store.path, config.store.retention, config.engine)
  try {
    const { streams } = await opened.answers.streams({ sources: options.source })
    const found = await accountsOf(streams, config.sources)
    return found.filter(wanted)
  } finally {
    await opened.close()
  }
}

async function accounts(ask: Ask): Promise<readonly SourceAccount[]> {
  const { sources }: SourcesAnswer = await ask('sources', {})
  return sources
}

/** For people. */
export function sourcesText(sources: readonly SourceAccount[], all: boolean): string[] {
  if (sources.length === 0) return ['Nothing was ever read.']
  return sources.flatMap((source, i) => [...(i > 0 ? [''] : []), ...sourceText(source, all)])
}

function sourceText({ name, streams, unit, ...total }: SourceAccount, all: boolean): string[] {
  const whole = streams.filter(isWhole)
  const hidden = new Set(all ? [] : whole.slice(0, Math.max(0, whole.length - MAX_WHOLE)))
  const shown = streams.filter(stream => !hidden.has(stream))
  const rows = shown.map(stream => [stream.name, ...cellsOf(stream), remarkOf(stream)])
  const sum = shown.length === 1 ? [] : [['all', ...cellsOf(total), '']]
  return [
    `source ${name}, ${unit}`,
    ...textTable([HEAD, ...rows, ...sum]).map(row => `  ${row}`),
    ...(hidden.size > 0
      ? [`  and ${counted(hidden.size, 'stream')} that were read to their end; --all shows them`]
      : [])
  ]
}

const HEAD = ['', 'there were', 'read', 'waiting', 'lost', 'not to be read', '']

function cellsOf({
  seen,
  read,
  waiting,
  lost,
  passed,
  empty
}: Omit<SourceAccount, 'name' | 'streams' | 'unit'>) {
  const skipped = passed === undefined ? undefined : passed + (empty ?? 0)
  return [seen, read, waiting, lost, skipped].map(count => (count === undefined ? '?' : formatCount(count)))
}

function isWhole({ finished, waiting, lost, endUnknown }: StreamAccount): boolean {
  return finished && waiting === 0 && lost === 0 && !endUnknown
}

function remarkOf({ finished, moved, lost = 0, why, endUnknown, read, waiting = 0 }: StreamAccount): string {
  if (lost > 0) return `lost: ${why}`
  if (endUnknown) return 'it went away before its end was seen: whether it had more is not known'
  if (finished) return 'read to its end'
  if (moved) return 'was renamed or copied, and is read to its end'
  return read === 0 && waiting > 0 ? 'nothing was read of it' : ''
}
