import type { JSX } from 'preact'
import type { Account } from '../../core/account.ts'
import type { StreamAccount } from '../../server/api-types.ts'
import { bytesText, countText } from '../format/numbers.ts'
import { account } from '../state/accounts.ts'
import { LogText } from './log-text.tsx'

/** So many of the streams of a source are shown: those that lack something first, then those that were read last. */
const MAX_STREAMS = 20

/** What became of each file or partition of a source. */
export function StreamAccounts({ source }: { readonly source: string }): JSX.Element | null {
  const streams = account.answer.value?.sources.find(({ name }) => name === source)?.streams
  if (!streams || streams.length === 0) return null
  const shown = streams.toReversed().toSorted((a, b) => Number(lacks(b)) - Number(lacks(a)))
  return (
    <>
      <dt>{streams.length === 1 ? 'Stream' : `${countText(streams.length)} streams`}</dt>
      <dd>
        <ul class="account">
          {shown.slice(0, MAX_STREAMS).map(stream => (
            <li>
              <LogText text={stream.name} />
              <AccountText account={stream} finished={stream.finished} />
            </li>
          ))}
          {shown.length > MAX_STREAMS && (
            <li class="faint">and {countText(shown.length - MAX_STREAMS)} more: visor sources --all</li>
          )}
        </ul>
      </dd>
    </>
  )
}

function lacks({ lost = 0, waiting = 0, finished, endUnknown }: StreamAccount): boolean {
  return lost > 0 || endUnknown === true || (finished && waiting > 0)
}

/** `4.2 MB read of 4.2 MB, nothing lost`. */
export function AccountText({
  account: { unit, seen, read, waiting, lost, why, endUnknown },
  finished = false
}: {
  readonly account: Account
  readonly finished?: boolean
}): JSX.Element {
  const text = (count: number): string =>
    unit === 'bytes' ? bytesText(count) : `${countText(count)} messages`
  return (
    <span class="faint">
      {` ${text(read)} read`}
      {seen !== undefined && ` of ${text(seen)}`}
      {waiting !== undefined && waiting > 0 && `, ${text(waiting)} to go`}
      {finished && waiting === 0 && ', to its end'}
      {lost === undefined && ', what is lost is not known'}
      {lost !== undefined && lost > 0 && (
        <strong class="bad">
          , {text(lost)} lost: {why}
        </strong>
      )}
      {endUnknown && ', gone before its end was seen'}
    </span>
  )
}
