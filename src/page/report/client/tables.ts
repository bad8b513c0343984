import { formatCount } from '../../../core/units.ts'
import { FIRST_ROWS } from '../columns.ts'
import { compareKeys, sortedBy, type SortKey } from './sorting.ts'

/** A table with fewer has no filter of its own. */
const WORTH_A_FILTER = 10

interface Table {
  readonly panel: HTMLElement
  readonly body: HTMLTableSectionElement
  /** In the order of the report. */
  readonly rows: readonly HTMLTableRowElement[]
  readonly texts: readonly string[]
  readonly more: HTMLButtonElement
  readonly none: HTMLElement
  own: string
  all: boolean
}

/** Makes the tables of a report sortable and filterable; long ones show their first rows. */
export function makeTables(): void {
  const tables = [...document.querySelectorAll<HTMLElement>('.breakdown')].flatMap(tableOf)
  const filter = document.querySelector<HTMLInputElement>('[data-filter=all]')
  const found = document.querySelector('[data-found]')
  const show = (): void => {
    const wanted = normal(filter?.value ?? '')
    const matches = tables.reduce((sum, table) => sum + showRows(table, wanted), 0)
    if (found) found.textContent = wanted === '' ? '' : `${formatCount(matches)} rows match.`
  }
  filter?.addEventListener('input', show)
  addEventListener('keydown', event => {
    if (event.key !== '/' || event.target instanceof HTMLInputElement) return
    event.preventDefault()
    filter?.focus()
  })
  for (const table of tables) {
    makeSortable(table, show)
    makeFilter(table, show)
    table.more.addEventListener('click', () => {
      table.all = !table.all
      show()
    })
  }
  linkRows(tables)
  show()
}

function tableOf(panel: HTMLElement): Table[] {
  const body = panel.querySelector('tbody')
  if (!body) return []
  const rows = [...body.rows]
  const more = document.createElement('button')
  more.type = 'button'
  more.className = 'text more'
  const none = document.createElement('p')
  none.className = 'faint none'
  none.textContent = 'No row matches.'
  panel.append(none, more)
  return [
    { panel, body, rows, texts: rows.map(row => normal(row.textContent)), more, none, own: '', all: false }
  ]
}

function normal(text: string): string {
  return text.trim().toLowerCase()
}

/** Shows the rows that pass both filters, the first ones unless all are asked for; gives how many pass. */
function showRows(table: Table, wanted: string): number {
  const { body, panel, more, none, all, own } = table
  const passes = new Set(
    table.rows.filter((_, i) => table.texts[i]?.includes(wanted) && table.texts[i]?.includes(own))
  )
  const filtered = passes.size < table.rows.length
  let shown = 0
  for (const row of body.rows) {
    const isIn = passes.has(row)
    row.classList.toggle('out', !isIn)
    row.hidden = !isIn || (!all && shown >= FIRST_ROWS)
    if (isIn) shown++
  }
  panel.classList.toggle('filtered', filtered)
  none.hidden = passes.size > 0 || table.rows.length === 0
  more.hidden = passes.size <= FIRST_ROWS
  more.textContent = all ? 'Show fewer' : `Show all ${formatCount(passes.size)}`
  more.setAttribute('aria-expanded', String(all))
  return passes.size
}

/** Heads become buttons: the first press brings the largest numbers or the first texts to the top, the next turns that around. */
function makeSortable({ panel, body, rows }: Table, show: () => void): void {
  if (rows.length < 2) return
  const heads = [...panel.querySelectorAll<HTMLTableCellElement>('thead th')]
  heads.forEach((head, column) => {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'sort'
    button.append(...head.childNodes)
    head.append(button)
    button.addEventListener('click', () => {
      const numeric = !head.classList.contains('text')
      const before = head.getAttribute('aria-sort')
      const descending = before === null ? numeric : before === 'ascending'
      for (const other of heads) other.removeAttribute('aria-sort')
      head.setAttribute('aria-sort', descending ? 'descending' : 'ascending')
      const keys = rows.map(row => keyOf(row.cells[column]))
      body.append(...sortedBy(rows, keys, (a, b) => compareKeys(a, b, descending)))
      show()
    })
  })
}

function keyOf(cell: HTMLTableCellElement | undefined): SortKey {
  const text = cell?.textContent ?? ''
  const exact = cell?.dataset['v'] ?? (/^-?[\d,]+$/.test(text) ? text.replaceAll(',', '') : undefined)
  if (exact !== undefined) return Number(exact)
  return text === '' || text === '–' ? undefined : text
}

function makeFilter(table: Table, show: () => void): void {
  const head = table.panel.querySelector('.head')
  if (!head || table.rows.length <= WORTH_A_FILTER) return
  const input = document.createElement('input')
  input.type = 'search'
  input.placeholder = 'Filter'
  input.spellcheck = false
  input.setAttribute('aria-label', `Filter ${head.querySelector('h2, h3')?.textContent ?? ''}`)
  input.addEventListener('input', () => {
    table.own = normal(input.value)
    show()
  })
  head.append(input)
}

/** Where a report is of a period that a page can show, its rows lead to their lines there. */
function linkRows(tables: readonly Table[]): void {
  const page = document.querySelector<HTMLAnchorElement>('[data-page]')?.href
  if (page === undefined) return
  for (const { rows } of tables)
    for (const row of rows) {
      const query = row.dataset['q']
      const head = row.querySelector('th')
      if (query === undefined || !head) continue
      const address = new URL(page)
      address.searchParams.set('q', query)
      const link = document.createElement('a')
      link.href = address.href
      link.rel = 'noreferrer'
      link.append(...head.childNodes)
      head.append(link)
    }
}
