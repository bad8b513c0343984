import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import type { SignaturesAnswer } from '../../store/questions/answers.ts'
import { countText } from '../format/numbers.ts'
import { valueQuery } from '../../core/value-query.ts'
import { toneOfValue } from '../../metrics/classes.ts'
import { dateAndTime, shortTime } from '../format/times.ts'
import { status } from '../state/live.ts'
import { LogText } from './log-text.tsx'
import { ShareHead } from './search-link.tsx'

type Signature = SignaturesAnswer['signatures'][number]

/** Rows shown before the rest is asked for. */
const FIRST_ROWS = 8

/** Messages of the error log, those that differ in variable parts alone together: the one seen last first. */
export function Signatures({ signatures }: { readonly signatures: readonly Signature[] }): JSX.Element {
  const all = useSignal(false)
  const shown = all.value ? signatures : signatures.slice(0, FIRST_ROWS)
  const largest = Math.max(1, ...signatures.map(one => one.count))
  return (
    <section class="panel breakdown signatures wrapped" aria-labelledby="signatures-title">
      <div class="head">
        <h3 id="signatures-title">Messages, variable parts left out</h3>
        <span class="faint units" aria-hidden="true">
          lines · first · last
        </span>
      </div>
      <table>
        <thead class="hidden">
          <tr>
            <th scope="col">Message</th>
            <th scope="col">Lines</th>
            <th scope="col">First</th>
            <th scope="col">Last</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(one => (
            <SignatureRow key={one.signature} {...one} largest={largest} />
          ))}
        </tbody>
      </table>
      {signatures.length > FIRST_ROWS && (
        <button type="button" class="text more" onClick={() => void (all.value = !all.value)}>
          {all.value ? 'Fewer' : `${countText(signatures.length - FIRST_ROWS)} more`}
        </button>
      )}
    </section>
  )
}

function SignatureRow(row: Signature & { readonly largest: number }): JSX.Element {
  const { signature, level, first, last, largest, example } = row
  const now = status.value?.now ?? 0
  return (
    <tr>
      <ShareHead part={row.count} largest={largest} query={valueQuery('signature', signature)}>
        <i class={`swatch tone-${toneOfValue('level', level ?? '')}`} aria-hidden="true" />
        {level !== null && (
          <span class="level">
            <LogText text={level} />{' '}
          </span>
        )}
        <LogText text={signature} title={example} />
      </ShareHead>
      <td class="count">{countText(row.count)}</td>
      <td class="at" title={dateAndTime(first)}>
        {shortTime(first, now)}
      </td>
      <td class="at" title={dateAndTime(last)}>
        {shortTime(last, now)}
      </td>
    </tr>
  )
}
