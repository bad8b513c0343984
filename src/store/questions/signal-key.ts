import type { DuckDBValue } from '@duckdb/node-api'
import { bucketOf, LOG_GAMMA } from '../../core/sketch.ts'
import { derivationOf } from '../../derived/index.ts'
import { fieldSql, joinTexts } from './filter.ts'
import type { LineFields } from './question.ts'

/** SQL of a field as a part of keys: of table `events e`, whose groups are then `counted c` with `sources s`. */
export interface KeyPart {
  /** What joins the lines before they are grouped, and what they are grouped by: few numbers rather than texts. */
  readonly join: string
  readonly groups: readonly string[]
  /** Whether a line has it. */
  readonly present: string
  /** What joins the groups, and what is read of them. */
  readonly named: string
  readonly columns: readonly string[]
  /** The part as text, of what was read. */
  readonly text: (values: readonly DuckDBValue[]) => string
}

const NONE: KeyPart = {
  join: '',
  groups: [],
  present: 'true',
  named: '',
  columns: [],
  text: ([value]) => textOf(value)
}

/** What no line has. */
const ABSENT: KeyPart = { ...NONE, present: 'false' }

/** A field as text, or as the bucket of a number; `i` is its number among the parts of a key. */
export function keyPart(name: string, as: 'text' | 'bucket', fields: LineFields, i: number): KeyPart {
  const field = fieldSql(name, fields)
  if (as === 'bucket') return field?.texts === undefined && field ? bucketPart(field.column, i) : ABSENT
  if (name === 'source') return { ...NONE, columns: ['s.name'] }
  if (name === 'kind') {
    const named = `join formats f${i} on f${i}.id = c.k${i}`
    return { ...NONE, groups: [`e.format as k${i}`], named, columns: [`f${i}.kind`] }
  }
  if (!field) return ABSENT
  const { column, texts } = field
  if (texts !== undefined && derivationOf(name))
    return {
      ...NONE,
      join: joinTexts(texts, `d${i}`, column),
      groups: [`d${i}.value as k${i}`],
      present: `d${i}.value is not null`,
      columns: [`c.k${i}`]
    }
  const groups = [`${column} as k${i}`]
  if (texts === undefined) return { ...NONE, groups, present: `${column} is not null`, columns: [`c.k${i}`] }
  const named = joinTexts(texts, `t${i}`, `c.k${i}`)
  return { ...NONE, groups, present: `${column} <> 0`, named, columns: [`t${i}.value`] }
}

/** Logarithms differ in their last bits: the few values next to the bound of a bucket are grouped as they are. */
function bucketPart(column: string, i: number): KeyPart {
  const place = `ln(greatest(${column}, 1)) / ${LOG_GAMMA}`
  const near = `${column} >= 1 and abs(${place} - round(${place})) < 1e-6`
  return {
    ...NONE,
    groups: [
      `if(${near}, ${column}, null) as x${i}`,
      `case when ${column} < 1 then -1 when ${near} then null else ceil(${place}) end as k${i}`
    ],
    present: `${column} is not null`,
    columns: [`c.x${i}`, `c.k${i}`],
    text: ([exact, bucket]) => textOf(typeof exact === 'number' ? bucketOf(exact) : bucket)
  }
}

function textOf(value: DuckDBValue | undefined): string {
  return value === null || value === undefined ? '' : String(value)
}
