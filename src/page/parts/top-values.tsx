import type { JSX } from 'preact'
import { fieldOf, readAs } from '../../core/metric.ts'
import { countText, shareText } from '../format/numbers.ts'
import { narrowed, valueQuery } from '../../core/value-query.ts'
import { by, type SearchResult } from '../state/search.ts'
import { summary } from '../state/summary.ts'
import { Key } from './key.tsx'
import { ShareHead } from './search-link.tsx'

/** The most frequent values of a field among the lines found; a click narrows the search to one. */
export function TopValues({ found }: { readonly found: SearchResult }): JSX.Element {
  const { query, by: field, top, total } = found
  const largest = Math.max(1, ...top.map(row => Number(row[1])))
  return (
    <section class="breakdown top" aria-label="Most frequent values">
      <label class="head">
        <b>Top</b>
        <select value={by.value} onChange={event => void (by.value = event.currentTarget.value)}>
          {fieldsOf(field).map(([name, label]) => (
            <option key={name} value={name}>
              {label.toLowerCase()}
            </option>
          ))}
        </select>
      </label>
      <table>
        <tbody>
          {top.map(([value = null, lines]) => (
            <tr key={String(value)}>
              <ShareHead
                part={Number(lines)}
                largest={largest}
                query={narrowed(query, valueQuery(field, value))}
              >
                {value === null ? (
                  <span class="faint">none</span>
                ) : (
                  <Key field={field} value={String(value)} />
                )}
              </ShareHead>
              <td class="count">{countText(Number(lines))}</td>
              <td class="percent">{shareText(Number(lines), total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** The fields that lines of the period have, and the one that is shown. */
function fieldsOf(shown: string): readonly (readonly [field: string, label: string])[] {
  const counted = (summary.value?.metrics ?? [])
    .filter(metric => readAs(metric) === 'top' && !metric.filter)
    .map(metric => [fieldOf(metric), metric.label] as const)
  const fields = [...counted, ['source', 'Sources'] as const]
  return fields.some(([field]) => field === shown) ? fields : [[shown, shown], ...fields]
}
