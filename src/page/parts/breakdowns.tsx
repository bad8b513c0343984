import type { JSX } from 'preact'
import type { BreakdownMetric, Summary } from '../../server/api-types.ts'
import { signatures } from '../state/search.ts'
import { Breakdown } from './breakdown.tsx'
import { Signatures } from './signatures.tsx'

interface Table {
  readonly metric: BreakdownMetric
  readonly title: string
  readonly unit: string
}

interface Group {
  readonly title: string
  /** Columns of tables, beside each other where there is room. */
  readonly columns: readonly (readonly Table[])[]
}

const requests = (metric: BreakdownMetric, title: string): Table => ({ metric, title, unit: 'Requests' })
const lines = (metric: BreakdownMetric, title: string): Table => ({ metric, title, unit: 'Lines' })

const GROUPS: readonly Group[] = [
  {
    title: 'What was asked for',
    columns: [
      [requests('path', 'Paths')],
      [requests('error_path', 'Paths with errors')],
      [requests('referrer', 'Referrers'), requests('vhost', 'Virtual hosts')]
    ]
  },
  {
    title: 'Who asked',
    columns: [
      [lines('client', 'Clients')],
      [requests('error_client', 'Clients with errors')],
      [lines('country', 'Countries')]
    ]
  },
  {
    title: 'With what',
    columns: [
      [requests('agent', 'User agents')],
      [requests('browser', 'Browsers'), requests('os', 'Systems')],
      [requests('bot', 'Bots')]
    ]
  },
  {
    title: 'How it was answered',
    columns: [
      [requests('status', 'Status')],
      [requests('method', 'Methods')],
      [requests('protocol', 'Protocols')]
    ]
  },
  {
    title: 'What the error log says',
    columns: [
      [lines('message', 'Messages, variable parts left out'), lines('code', 'Codes')],
      [lines('level', 'Severity'), lines('module', 'Modules')]
    ]
  }
]

/** All tables that have something to show, in groups. */
export function Breakdowns({ readings }: { readonly readings: Summary['readings'] }): JSX.Element {
  return (
    <>
      {GROUPS.map(({ title, columns }) => {
        const shown = columns.map(tables => tables.filter(({ metric }) => readings[metric])).filter(hasAny)
        return (
          shown.length > 0 && (
            <section key={title} class="group">
              <h2>{title}</h2>
              <div class="columns">
                {shown.map(tables => (
                  <div key={tables[0]?.metric} class={`column ${tables[0]?.metric ?? ''}`}>
                    {tables.map(table => (
                      <Shown key={table.metric} table={table} readings={readings} />
                    ))}
                  </div>
                ))}
              </div>
            </section>
          )
        )
      })}
    </>
  )
}

interface ShownProps {
  readonly table: Table
  readonly readings: Summary['readings']
}

/** A table; of messages the store tells more than how many they are, unless it cannot be asked. */
function Shown({ table, readings }: ShownProps): JSX.Element | null {
  const reading = readings[table.metric]
  if (table.metric === 'message' && signatures.failure.value === undefined) {
    const messages = signatures.answer.value
    return messages ? <Signatures signatures={messages} /> : null
  }
  return reading ? <Breakdown {...table} reading={reading} /> : null
}

function hasAny(list: readonly unknown[]): boolean {
  return list.length > 0
}
