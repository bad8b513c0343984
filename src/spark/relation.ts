import type { MessageInitShape } from '@bufbuild/protobuf'
import { ipcOf, type LocalColumn } from './arrow.ts'
import type { PlanSchema, RelationSchema } from './proto/connect_pb.ts'

/** What Spark computes: a tree of relations. */
export type SparkRelation = MessageInitShape<typeof RelationSchema>
export type SparkPlan = MessageInitShape<typeof PlanSchema>

/** Values of `:name` in a query: they need no quoting, and cannot change what it means. */
export type SqlArguments = Readonly<Record<string, string | number | boolean>>

export function sql(query: string, values: SqlArguments = {}): SparkRelation {
  const namedArguments = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { literal: { literalType: literalOf(value) } }])
  )
  return { relType: { case: 'sql', value: { query, namedArguments } } }
}

function literalOf(value: string | number | boolean) {
  if (typeof value === 'string') return { case: 'string' as const, value }
  if (typeof value === 'boolean') return { case: 'boolean' as const, value }
  if (Number.isSafeInteger(value)) return { case: 'long' as const, value: BigInt(value) }
  return { case: 'double' as const, value }
}

/**
 * A query over relations that it names. Spark keeps these names by session while it reads the query: two plans at once need
 * names of their own, which `aliasOf` makes.
 */
export function sqlOver(
  query: string,
  inputs: Readonly<Record<string, SparkRelation>>,
  values: SqlArguments = {}
): SparkRelation {
  const references = Object.entries(inputs).map(([alias, input]): SparkRelation => ({
    relType: { case: 'subqueryAlias', value: { input, alias } }
  }))
  return { relType: { case: 'withRelations', value: { root: sql(query, values), references } } }
}

let aliases = 0

/** A name for `sqlOver` that nobody else in this process has. */
export function aliasOf(prefix: string): string {
  return `${prefix}_${(aliases++).toString(36)}`
}

/** Rows that go along with the plan. Columns have the same length and no nulls. */
export function localRelation(columns: Readonly<Record<string, LocalColumn>>): SparkRelation {
  return { relType: { case: 'localRelation', value: { data: ipcOf(columns) } } }
}

/** The rows dealt out anew over `count` tasks, over the network. */
export function repartition(input: SparkRelation, count: number): SparkRelation {
  return { relType: { case: 'repartition', value: { input, numPartitions: count, shuffle: true } } }
}

export interface ReadOptions {
  readonly paths?: readonly string[]
  /** Columns as in `a INT, b STRING`, where the format does not tell. */
  readonly schema?: string
  readonly options?: Readonly<Record<string, string>>
}

/** What a data source of Spark has: `text`, `parquet`, `kafka` and others. */
export function read(format: string, { paths = [], schema, options = {} }: ReadOptions = {}): SparkRelation {
  const dataSource = { format, paths: [...paths], options, ...(schema !== undefined && { schema }) }
  return { relType: { case: 'read', value: { dataSource } } }
}

const MODES = { append: 1, overwrite: 2, error: 3, ignore: 4 }

export interface WriteOptions {
  readonly format: string
  readonly path: string
  /** What happens where something is already. */
  readonly mode: keyof typeof MODES
  /** Columns that become folders, `day=2026-01-01`. */
  readonly partitionBy?: readonly string[]
  readonly options?: Readonly<Record<string, string>>
}

/** A plan that writes a relation to files. */
export function write(input: SparkRelation, options: WriteOptions): SparkPlan {
  const { format: source, path, mode, partitionBy = [] } = options
  const writeOperation = {
    input,
    source,
    path,
    mode: MODES[mode],
    partitioningColumns: [...partitionBy],
    options: options.options ?? {}
  }
  return { opType: { case: 'command', value: { writeOperation } } }
}

/** A plan whose rows come back. */
export function queryPlan(relation: SparkRelation): SparkPlan {
  return { opType: { case: 'root', value: relation } }
}
