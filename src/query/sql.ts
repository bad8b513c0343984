import { literalPattern, plainText, isWild, patternPieces, sourceOf } from './patterns.ts'
import type { Query, RangeTest, Term, TextTest } from './query.ts'

/** A database that lines stand in: which SQL reads their fields. What it gives may be NULL where a field is absent. */
export interface SqlTable {
  /** Gives the placeholder of a value, which never stands in the text itself. */
  bind(value: string | number): string
  /** A number field, `time` in microseconds too; `undefined` for one that no line has. */
  number(field: string): string | undefined
  /** Whether a text field passes a test, which `holds` makes of the text's expression; `undefined` as above. */
  text(field: string, holds: (value: string) => string): string | undefined
  /** Whether any text field passes a test. */
  anyText(holds: (value: string) => string): string
  /** Whether a field is there; `undefined` as above. */
  present(field: string): string | undefined
  /** What looks for a regular expression anywhere in a text; `.` is any character. */
  matches(value: string, source: string): string
}

/** A condition of SQL that holds for the lines that pass a query. */
export function querySql(query: Query, table: SqlTable): string {
  return conditionOf(query, table, false)
}

/** `exact`: what is neither true nor false must become false, because it is turned around. */
function conditionOf(query: Query, table: SqlTable, exact: boolean): string {
  switch (query.op) {
    case 'and':
      return query.parts.length === 0 ? 'true' : list(query.parts, ' and ', table, exact)
    case 'or':
      return query.parts.length === 0 ? 'false' : anySql(query.parts, table, exact)
    case 'not':
      return `not ${conditionOf(query.part, table, true)}`
    default: {
      return exactSql(termSql(query, table), exact)
    }
  }
}

function list(parts: readonly Query[], word: string, table: SqlTable, exact: boolean): string {
  return `(${parts.map(part => conditionOf(part, table, exact)).join(word)})`
}

/** What one field may be is looked for together: there may be thousands of texts. */
function anySql(parts: readonly Query[], table: SqlTable, exact: boolean): string {
  const texts = new Map<string | undefined, TextTest[]>()
  const others: Query[] = []
  for (const part of parts) {
    if (part.op !== 'term' || part.test.is !== 'text') others.push(part)
    else if (!texts.get(part.field)?.push(part.test)) texts.set(part.field, [part.test])
  }
  const found = Array.from(texts, ([field, tests]) =>
    exactSql(
      textOf(field, value => textsSql(value, tests, table), table),
      exact
    )
  )
  return `(${[...found, ...others.map(part => conditionOf(part, table, exact))].join(' or ')})`
}

function exactSql(sql = 'false', exact: boolean): string {
  return exact ? `coalesce(${sql}, false)` : sql
}

/** Whether a text passes any of the tests. */
function textsSql(value: string, tests: readonly TextTest[], table: SqlTable): string {
  const named = tests.filter(isPlain).map(({ pattern }) => table.bind(plainText(pattern)))
  const others = tests.filter(test => !isPlain(test)).map(test => textSql(value, test, table))
  return `(${[...(named.length > 0 ? [`${value} in (${named.join(', ')})`] : []), ...others].join(' or ')})`
}

/** Whether a test is for one text. */
function isPlain({ how, pattern, anyCase }: TextTest): boolean {
  return how === 'pattern' && !anyCase && !isWild(pattern)
}

/** Whether the text of a field, or of any, passes a test. */
function textOf(
  field: string | undefined,
  holds: (value: string) => string,
  table: SqlTable
): string | undefined {
  return field === undefined ? table.anyText(holds) : table.text(field, holds)
}

function termSql({ field, test }: Term, table: SqlTable): string | undefined {
  if (test.is === 'text') {
    return textOf(field, value => textSql(value, test, table), table)
  }
  if (field === undefined) return undefined
  if (test.is === 'present') return table.present(field)
  const column = table.number(field)
  return column === undefined ? undefined : rangeSql(column, test, table)
}

function rangeSql(column: string, { min, max, openMin, openMax }: RangeTest, table: SqlTable): string {
  const parts = [
    ...(min === undefined ? [] : [`${column} ${openMin ? '>' : '>='} ${table.bind(min)}`]),
    ...(max === undefined ? [] : [`${column} ${openMax ? '<' : '<='} ${table.bind(max)}`])
  ]
  return parts.length === 0 ? `${column} is not null` : `(${parts.join(' and ')})`
}

/** Equality and LIKE where they say the same, since they are quicker. */
function textSql(value: string, test: TextTest, table: SqlTable): string {
  if (isPlain(test)) return `${value} = ${table.bind(plainText(test.pattern))}`
  if (test.how === 'pattern' && !test.anyCase) {
    return `${value} like ${table.bind(likeOf(test.pattern))} escape '\\'`
  }
  return table.matches(value, sourceOf(test))
}

/** A pattern as LIKE has it, with a backslash as escape. */
function likeOf(pattern: string): string {
  return patternPieces(pattern)
    .map(({ wild, text }) => (wild ? (text === '*' ? '%' : '_') : text.replaceAll(/[\\%_]/g, '\\$&')))
    .join('')
}

/** The query for one exact text in a field. */
export function equalTo(field: string, text: string): Term {
  return {
    op: 'term',
    field,
    test: { is: 'text', how: 'pattern', pattern: literalPattern(text), anyCase: false }
  }
}
