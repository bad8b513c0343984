import type { DuckDBConnection } from '@duckdb/node-api'
import type { Kind } from '../core/fields.ts'
import { isColumn, type FieldType } from './schema.ts'
import { select } from './sql.ts'

/** Rows for the tables of names that the store does not have yet. */
export interface FreshNames {
  readonly sources: { id: number; name: string }[]
  readonly formats: { id: number; kind: string; text: string }[]
  readonly fields: { id: number; type: FieldType; name: string }[]
}

export const noNames = (): FreshNames => ({ sources: [], formats: [], fields: [] })

/** Small numbers for the names of sources, formats, fields and metrics, as the tables hold them. */
export class Names {
  readonly #sources = new Map<string, number>()
  readonly #formats = new Map<string, number>()
  readonly #fields = new Map<string, number>()
  /** Every field that has a column, in the order of the columns. */
  readonly columns: { id: number; type: FieldType }[] = []

  static async load(connection: DuckDBConnection): Promise<Names> {
    const names = new Names()
    for (const [id, name] of await select(connection, 'select id, name from sources'))
      names.#sources.set(String(name), Number(id))
    for (const [id, kind, text] of await select(connection, 'select id, kind, text from formats'))
      names.#formats.set(`${String(kind)} ${String(text)}`, Number(id))
    for (const [id, type, name] of await select(
      connection,
      'select id, type, name from fields order by id'
    )) {
      const known = fieldTypeOf(type)
      names.#fields.set(`${known} ${String(name)}`, Number(id))
      if (isColumn(known)) names.columns.push({ id: Number(id), type: known })
    }
    return names
  }

  source(name: string, fresh: FreshNames): number {
    return idOf(this.#sources, name, id => fresh.sources.push({ id, name }))
  }

  format(kind: Kind, text: string, fresh: FreshNames): number {
    return idOf(this.#formats, `${kind} ${text}`, id => fresh.formats.push({ id, kind, text }))
  }

  field(type: FieldType, name: string, fresh: FreshNames): number {
    return idOf(this.#fields, `${type} ${name}`, id => {
      fresh.fields.push({ id, type, name })
      if (isColumn(type)) this.columns.push({ id, type })
    })
  }
}

function idOf(ids: Map<string, number>, name: string, added: (id: number) => void): number {
  const known = ids.get(name)
  if (known !== undefined) return known
  const id = ids.size
  ids.set(name, id)
  added(id)
  return id
}

function fieldTypeOf(text: unknown): FieldType {
  return text === 'number' || text === 'metric' || text === 'signal' ? text : 'text'
}
