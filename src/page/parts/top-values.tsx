import type { JSX } from 'preact'
import { count, share } from '../format/numbers.ts'
import { narrowed, valueQuery } from '../format/query.ts'
import { by, type Found } from '../state/search.ts'
import { Key } from './key.tsx'
import { SearchLink } from './search-link.tsx'

/** Fields whose values can be told of the lines found. */
const FIELDS: readonly (readonly [field: string, title: string])[] = [
  ['client', 'client'],
  ['path', 'path'],
  ['status', 'status'],
  ['method', 'method'],
  ['referrer', 'referrer'],
  ['agent', 'user agent'],
  ['browser', 'browser'],
  ['os', 'system'],
  ['bot', 'bot'],
  ['country', 'country'],
  ['vhost', 'virtual host'],
  ['level', 'severity'],
  ['module', 'module'],
  ['signature', 'message'],
  ['source', 'source']
]

/** The most frequent values of a field among the lines found; a click narrows the search to one. */
export function TopValues({ found }: { readonly found: Found }): JSX.Element {
  const { query, by: field, top, total } = found
  const largest = Math.max(1, ...top.map(row => Number(row[1])))
  return (
    <section class="breakdown top" aria-label="Most frequent values">
      <label class="head">
        <span>
          <b>Top</b> by
        </span>
        <select value={by.value} onChange={event => void (by.value = event.currentTarget.value)}>
          {FIELDS.map(([name, title]) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <table>
        <tbody>
          {top.map(([value = null, lines]) => (
            <tr key={String(value)}>
              <th scope="row">
                <i
                  class="share"
                  style={{ width: `${(100 * Number(lines)) / largest}%` }}
                  aria-hidden="true"
                />
                <SearchLink query={narrowed(query, valueQuery(field, value))}>
                  {value === null ? (
                    <span class="faint">none</span>
                  ) : (
                    <Key metric={field} value={String(value)} />
                  )}
                </SearchLink>
              </th>
              <td class="count">{count(Number(lines))}</td>
              <td class="percent">{share(Number(lines), total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
