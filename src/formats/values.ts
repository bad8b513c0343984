import { escapeText, type EscapeStyle } from '../core/escape.ts'
import type { PartFields, LinePart, Roles } from '../core/parts.ts'
import { DETAILS, type TimeField } from '../core/program.ts'

/** The values of one line. Texts are as they shall stand in the line, escapes and all. */
export interface Values {
  /** Minutes east of UTC that times are written with. */
  readonly zone: number
  /** Microseconds since 1970 UTC. */
  time(field: TimeField): number
  text(field: string): string | null
  has(field: string): boolean
  number(field: string): number | null
}

export type Print = (values: Values) => string

/** The values of one line made of parts, escaped as `style` has it; filled anew for each line. */
export class PartValues implements Values {
  zone = 0
  #time = 0
  #parts: readonly LinePart[] = []
  #own: PartFields = {}
  readonly #style: EscapeStyle
  readonly #roleOf: ReadonlyMap<string, number>

  constructor(style: EscapeStyle, roles: Roles = []) {
    this.#style = style
    this.#roleOf = new Map(roles.flatMap((fields, role) => fields.map(field => [field, role] as const)))
  }

  /** Takes another line's values: of its parts, one for each role, and of itself. */
  set(time: number, zone: number, parts: readonly LinePart[], own: PartFields): this {
    this.#time = time
    this.zone = zone
    this.#parts = parts
    this.#own = own
    return this
  }

  /** What is given again (`status_2`) is the same, where nothing else is known. */
  #value(field: string): string | number | null | undefined {
    const value = this.#raw(field)
    if (value !== undefined) return value
    const first = firstName(field)
    return first === undefined ? undefined : this.#raw(first)
  }

  #raw(field: string): string | number | null | undefined {
    // Most fields are the line's own: those are looked for first.
    const own = this.#own[field]
    if (own !== undefined) return own
    const role = this.#roleOf.get(field)
    return role === undefined ? undefined : this.#parts[role]?.fields[field]
  }

  /** An event that does not know when it ended was over at once. */
  time(field: string): number {
    return field === 'time' ? this.#time : (this.number(field) ?? this.#time)
  }

  number(field: string): number | null {
    const value = this.#value(field)
    return typeof value === 'number' ? value : null
  }

  has(field: string): boolean {
    return (this.#value(field) ?? null) !== null
  }

  text(field: string): string | null {
    const value = this.#value(field)
    if (value === null || value === undefined) return null
    if (field !== DETAILS) return escapeText(String(value), this.#style)
    return String(value)
      .split('\n')
      .map(line => escapeText(line, this.#style))
      .join('\n')
  }
}

const firstNames = new Map<string, string | undefined>()

/** `status` for `status_2`. */
function firstName(field: string): string | undefined {
  if (!firstNames.has(field)) firstNames.set(field, /^(.+)_\d+$/.exec(field)?.[1])
  return firstNames.get(field)
}
