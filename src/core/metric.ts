import { isDuration, type Kind } from './fields.ts'

/**
 * A metric: what is counted by which key, and how that is shown. Everything shown or alerted on is a reading of such
 * counts; the page, reports and documentation are made from these entries alone.
 */
export interface Metric {
  readonly name: string
  /** Head of its table: `Paths`. */
  readonly label: string
  /** The heading under which it stands, with all that have the same: `Requested`. */
  readonly group: string
  /** What is counted, in the plural: `requests`. */
  readonly unit: string
  readonly summary: string
  readonly kinds: readonly Kind[]
  /** The field whose values are the keys; `null` for a total. A line without the field is not counted. */
  readonly key: string | null
  /** Makes the key from the field's text, once per distinct value; `undefined` counts nothing. */
  readonly derive?: Derive
  /** What queries call the key, where that is not the field itself. */
  readonly field?: string
  /** Number keys go to logarithmic buckets, for percentiles. */
  readonly buckets?: boolean
  /** The number field that is summed beside the count, the first of these that the format has; absent adds 0. */
  readonly measure: readonly string[]
  /** The key has a second part: `200 shop.example`, the second one first. Lines without it are not counted. */
  readonly pair?: PairedField
  /** Only lines count whose number field, the first of these that the format has, is at least `min` and at most `max`. */
  readonly filter?: { readonly field: readonly string[]; readonly min: number; readonly max?: number }
  /** Only lines count that are after something, or after just this. */
  readonly target?: TargetFilter
  /** The metric whose count is the whole of its shares; its own count where absent. */
  readonly shareOf?: string
  /** It is read over time, so windows of old lines stay a quarter of an hour long; those of other metrics become an hour. */
  readonly overTime?: true
  /** In reports of files it is counted by day, at most so many keys each; what it counts in all is the sum of its days. */
  readonly byDay?: number
  /** Sections of reports read it; it is no table of its own. */
  readonly hidden?: true
  /** Head of its chart over time: of its classes or percentiles, where it has them, else of its count. */
  readonly chart?: string
  /** What its keys come to: shown over time, in reports too. */
  readonly classes?: Classes
  /** Reports show when each key was first and last seen. */
  readonly spans?: true
  /** The question to the store that shows more of its keys, where lines are kept. */
  readonly details?: 'signatures'
  /** What the head of the page shows of it. */
  readonly headline?: readonly HeadlineNumber[]
  /** Its table stands below the one before it in its group, not beside it. */
  readonly below?: true
}

/** What is derived of a text. */
export interface Derive {
  (text: string): string | undefined
  /** The same of a text of plain ASCII that is there as bytes, without making it. */
  readonly ofPlain?: (bytes: Uint8Array) => string | undefined
}

/** A field that is the second part of a key. */
export interface PairedField {
  readonly field: string
  /** Numbers go to logarithmic buckets. */
  readonly buckets?: boolean
  /**
   * The key is a hash of both fields, of 32 bits in base 32; that of the first alone where a format does not have the second
   * one or a line leaves it out. Lines of whose second one something is derived by `except` are not counted.
   */
  readonly hashed?: { readonly except: Derive }
}

/** Which lines count, by what is derived of a text field of theirs. */
export interface TargetFilter {
  /** What queries call it. */
  readonly field: string
  /** The field that it is derived of. */
  readonly from: string
  readonly derive: Derive
  /** Whether a derived value counts. */
  readonly passes: (value: string) => boolean
  /** The same as a query. */
  readonly query: string
}

/** One number that matters most. */
export interface HeadlineNumber {
  readonly label: string
  readonly of: 'count' | 'sum' | 'distinct' | 'percentiles'
  /** Stands beside it; of a sum, beside its mean. */
  readonly note?: string
}

/** Whether a class of keys is good or bad: a colour, and the order in which charts are stacked. */
export type ClassTone = 'success' | 'info' | 'other' | 'warning' | 'critical'

/** Keys by what they come to, such as statuses by their first digit. Each key is of one class. */
export interface Classes {
  /** All classes; the last holds what is of no other. */
  readonly all: readonly KeyClass[]
  /** Name of a key's class. */
  readonly classOf: (key: string) => string
  /** What a key means, where it is a code: `Not Found`. */
  readonly meaningOf?: (key: string) => string | undefined
  /** Head of a chart of those classes alone that have a label. */
  readonly chart?: string
}

export interface KeyClass {
  readonly name: string
  readonly tone: ClassTone
  /** What the head of the page and reports call it: `Server errors`. Other classes are not shown there. */
  readonly label?: string
}

/** How a metric is read: by its count and sum, its largest keys, or percentiles of its keys. */
export function readAs({ key, buckets }: Pick<Metric, 'key' | 'buckets'>): 'total' | 'top' | 'percentiles' {
  return key === null ? 'total' : buckets ? 'percentiles' : 'top'
}

/** What a number field counts; durations are shown in seconds. */
export type MeasureUnit = 'microseconds' | 'bytes' | 'number'

export function unitOf([field = '']: Metric['measure']): MeasureUnit {
  return isDuration(field) ? 'microseconds' : field.startsWith('bytes') ? 'bytes' : 'number'
}

/** Whether all lines with its key count, each under that alone. */
export function isOfAll({ filter, target, pair }: Metric): boolean {
  return !filter && !target && !pair
}

/** What queries call the keys of a metric. */
export function fieldOf({ field, key }: Pick<Metric, 'field' | 'key'>): string {
  return field ?? key ?? ''
}

/** The query that all counted lines pass, where not all of the log count: `status:>=400`. */
export function filterQuery({ filter, target }: Pick<Metric, 'filter' | 'target'>): string | undefined {
  const most = filter?.max
  const terms = filter?.field.map(field =>
    most === undefined ? `${field}:>=${filter.min}` : `(${field}:>=${filter.min} AND ${field}:<=${most})`
  )
  const numbers = terms && terms.length > 1 ? `(${terms.join(' OR ')})` : terms?.[0]
  const all = [target?.query, numbers].filter(term => term !== undefined)
  return all.length > 0 ? all.join(' AND ') : undefined
}

const TONES: readonly ClassTone[] = ['critical', 'warning', 'other', 'info', 'success']

/** Classes of keys, the worst first. */
export function worstFirst<Class extends { readonly tone: ClassTone }>(classes: readonly Class[]): Class[] {
  return classes.toSorted((a, b) => TONES.indexOf(a.tone) - TONES.indexOf(b.tone))
}
