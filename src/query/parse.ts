import { fieldInfo, FIELDS } from '../derived/index.ts'
import { didYouMean } from '../core/suggest.ts'
import { networkNamed } from '../core/network.ts'
import { looksLikeNetwork, networksBetween } from './network.ts'
import { isWild, plainText, regexProblem } from './patterns.ts'
import { withCaret } from '../core/caret.ts'
import { EVERYTHING, type Query, type RangeTest, type Term, type TextTest } from './query.ts'
import { Reader } from './reader.ts'
import { exampleOf, rangeOf, spanOf, type Span } from './values.ts'

/**
 * Reads a query; an empty one is passed by every line. The syntax is that of Lucene as log people know it:
 *
 *     query = or;  or = and { "OR" and };  and = not { ["AND"] not };  not = { "NOT" | "-" | "!" } one
 *     one   = "(" or ")" | [field ":"] ( value | "(" or of values ")" )
 *     value = word | "quoted" | /regex/[i] | ( ">" | ">=" | "<" | "<=" | "=" ) word | ("[" | "{") word "TO" word ("]" | "}")
 *
 * Of a field that holds addresses, a word may be a network (`client:192.0.2.0/24`), and a range is one of addresses.
 *
 * `names` are texts that may be asked for besides the fields of lines.
 *
 * @throws VisorError QUERY with a caret under the character at fault
 */
export function parseQuery(text: string, names: readonly string[] = []): Query {
  return withCaret('QUERY', text, () => {
    const reader = new Reader(text, names)
    reader.blanks()
    if (reader.done) return EVERYTHING
    const query = readOr(reader, undefined)
    if (!reader.done)
      reader.fail(
        reader.text[reader.at] === ')' ? 'This parenthesis closes none.' : 'This is not expected here.'
      )
    return query
  })
}

/** A field whose values stand in parentheses, for all that is read in them. */
type Outer = string | undefined

function readOr(reader: Reader, field: Outer): Query {
  const parts = [readAnd(reader, field)]
  while (reader.take(/OR(?=[\s(]|$)\s*|\|\|\s*/)) parts.push(readAnd(reader, field))
  return joined('or', parts)
}

function readAnd(reader: Reader, field: Outer): Query {
  const parts = [readNot(reader, field)]
  for (;;) {
    const and = reader.take(/AND(?=[\s(]|$)\s*|&&\s*/)
    if (!and && (reader.done || /^(\)|OR[\s(]|OR$|\|\|)/.test(reader.text.slice(reader.at)))) break
    parts.push(readNot(reader, field))
  }
  return joined('and', parts)
}

function joined(op: 'and' | 'or', parts: readonly Query[]): Query {
  const [first = EVERYTHING] = parts
  return parts.length === 1
    ? first
    : { op, parts: parts.flatMap(part => (part.op === op ? part.parts : [part])) }
}

function readNot(reader: Reader, field: Outer): Query {
  const start = reader.at
  if (reader.take(/NOT(?=[\s(]|$)\s*|!\s*|-(?![0-9.])/))
    return { op: 'not', part: reader.nested(start, () => readNot(reader, field)) }
  return readOne(reader, field)
}

function readOne(reader: Reader, outer: Outer): Query {
  const start = reader.at
  if (reader.done || /^(AND|OR|NOT)?($|[\s)])/.test(reader.text.slice(start))) {
    reader.fail('Here a word or `field:value` is expected.')
  }
  if (reader.take(/\(\s*/)) return readGroup(reader, outer, start)
  const named = outer === undefined ? reader.take(/([A-Za-z_@][\w.@-]*)(?::(?!\/\/)\s*|(?=[<>]))/) : undefined
  const field = named ? fieldNamed(reader, named[1] ?? '', start) : outer
  const opened = named && reader.take(/\(\s*/)
  const query = opened ? readGroup(reader, field, reader.at - 1) : readValue(reader, field)
  reader.blanks()
  return query
}

function readGroup(reader: Reader, field: Outer, start: number): Query {
  const query = reader.nested(start, () => readOr(reader, field))
  if (!reader.take(/\)\s*/)) reader.fail('This parenthesis is not closed.', start)
  return query
}

/** Names that are no fields of a format. */
const COMMON = ['time', 'source', 'kind', 'status_class']

function fieldNamed(reader: Reader, written: string, at: number): string {
  const name = /^(header|reply)\./i.test(written) ? written.toLowerCase() : written
  const others = [...COMMON, ...reader.names]
  if (others.includes(name) || fieldInfo(name)) return name
  const known = [...FIELDS.map(field => field.name), ...others]
  const advice = didYouMean(name, known, '`', 'a word that holds a `:` is to be written in quotes.')
  return reader.fail(`There is no field \`${name}\`${advice}`, at)
}

const RELATIONS = ['>=', '<=', '>', '<', '='] as const

function readValue(reader: Reader, field: Outer): Query {
  const start = reader.at
  const number = field !== undefined && isNumber(field)
  const regex = reader.take(/\/((?:\\[^]|[^/\\])+)\/(i?)(?=[\s)]|$)/u)
  if (regex) {
    if (number) reader.fail(`\`${field}\` is a number; values are ${exampleOf(field)}.`, start)
    const [, source = '', flag] = regex
    const problem = regexProblem(source)
    if (problem) reader.fail(problem.message, start + 1 + problem.at)
    return term(field, { is: 'text', how: 'regex', pattern: source, anyCase: flag === 'i' })
  }
  const range = reader.take(/[[{]\s*/)
  if (range && field !== undefined && holdsAddresses(field))
    return readAddresses(reader, field, range[0], start)
  if (range) return term(field, readRange(reader, field, range[0].trim(), start))
  const sign = reader.take(/(>=|<=|>|<|=)\s*/)?.[1]
  const relation = RELATIONS.find(one => one === sign)
  const at = reader.at
  const { pattern, quoted } = readWord(reader)
  if (number) return numberTerm(reader, field, relation ?? '=', pattern, at)
  if (relation !== undefined && relation !== '=') {
    reader.fail(
      field === undefined
        ? 'Comparisons need a field with numbers.'
        : `\`${field}\` is a text and has no order.`,
      start
    )
  }
  if (field === 'kind' && pattern !== 'access' && pattern !== 'error') {
    reader.fail('A kind is `access` or `error`.', at)
  }
  if (field !== undefined && pattern === '*' && !quoted) return { op: 'term', field, test: { is: 'present' } }
  if (field !== undefined && holdsAddresses(field) && !quoted && looksLikeNetwork(pattern)) {
    const network =
      networkNamed(pattern) ?? reader.fail('This is no network; write it as `192.0.2.0/24`.', at)
    return term(field, { is: 'text', how: 'network', pattern: network, anyCase: false })
  }
  const how = field === undefined ? 'words' : 'pattern'
  return term(field, { is: 'text', how, pattern, anyCase: field === undefined })
}

/** Whether the values of a field may be addresses. */
function holdsAddresses(field: string): boolean {
  return (
    ['client', 'peer', 'local_address', 'forwarded'].includes(field) ||
    /^(header|json|var|env|note)\./.test(field)
  )
}

/** `[192.0.2.10 TO 192.0.2.99]`, as the networks that it is made of. */
function readAddresses(reader: Reader, field: string, open: string, start: number): Query {
  const bound = (): string => {
    const [text = ''] = reader.take(/[^\s\]}]+/) ?? reader.fail('Here an address is expected.')
    reader.blanks()
    return text
  }
  const from = bound()
  if (!reader.take(/TO\s+/)) reader.fail('Here `TO` is expected, as in `[192.0.2.10 TO 192.0.2.99]`.')
  const to = bound()
  const [close = ''] = reader.take(/[\]}]/) ?? reader.fail('This range is not closed.', start)
  const networks = networksBetween(from, to, { openFrom: open.startsWith('{'), openTo: close === '}' })
  if (!networks)
    return reader.fail(
      'This is no range of addresses, or one of too many networks; write the networks.',
      start
    )
  const parts = networks.map(pattern => term(field, { is: 'text', how: 'network', pattern, anyCase: false }))
  if (parts.length === 0) reader.fail('This range ends before it begins.', start)
  return joined('or', parts)
}

function term(field: Outer, test: TextTest | RangeTest): Term {
  return { op: 'term', field, test }
}

function isNumber(field: string): boolean {
  return field === 'time' || field === 'status_class' || fieldInfo(field)?.type === 'number'
}

/** A word, or a text in quotes: as a pattern, in which a backslash takes `*`, `?` and itself as they are. */
function readWord(reader: Reader): { pattern: string; quoted: boolean } {
  const start = reader.at
  const quoted = reader.take(/"((?:\\[^]|[^"\\])*)"|'((?:\\[^]|[^'\\])*)'/)
  if (quoted) {
    const text = (quoted[1] ?? quoted[2] ?? '').replaceAll(/\\([^])/g, '$1')
    return { pattern: text.replaceAll(/[\\*?]/g, '\\$&'), quoted: true }
  }
  if (/["']/.test(reader.text[start] ?? '')) reader.fail('This quote is not closed.')
  const word = reader.take(/(?:\\[^]|[^\s()\\])+/)
  if (!word)
    reader.fail(
      reader.text[start] === '\\' ? 'A backslash needs a character behind it.' : 'Here a value is expected.'
    )
  return { pattern: (word?.[0] ?? '').replaceAll(/\\([^])/g, keepWild), quoted: false }
}

/** An escape that a pattern needs stays. */
function keepWild(all: string, character: string): string {
  return '*?\\'.includes(character) ? all : character
}

function numberTerm(
  reader: Reader,
  field: string,
  relation: '=' | '>' | '>=' | '<' | '<=',
  pattern: string,
  at: number
): Term {
  if (pattern === '*' && relation === '=')
    return { op: 'term', field: nameOf(field), test: { is: 'present' } }
  const text = field === 'status' ? pattern.replace(/^([1-9])\*$/, '$1xx') : pattern
  return term(nameOf(field), rangeOf(relation, numberOf(reader, field, text, at)))
}

/** A class of statuses is a range of them. */
function nameOf(field: string): string {
  return field === 'status_class' ? 'status' : field
}

function numberOf(reader: Reader, field: string, pattern: string, at: number): Span {
  const span = isWild(pattern) ? undefined : spanOf(field, plainText(pattern))
  return (
    span ??
    reader.fail(
      `\`${field}\` is ${field === 'time' ? 'a time' : 'a number'}; values are ${exampleOf(field)}.`,
      at
    )
  )
}

/** `[400 TO 499]`, `{400 TO 500}`; a `*` is no bound. */
function readRange(reader: Reader, field: Outer, open: string, start: number): RangeTest {
  if (field === undefined || !isNumber(field)) reader.fail('A range needs a field with numbers.', start)
  const name = field ?? ''
  const bound = (): { span: Span | undefined } => {
    const at = reader.at
    const [text = ''] = reader.take(/"[^"]*"|[^\s\]}]+/) ?? reader.fail('Here a number is expected.')
    reader.blanks()
    const plain = text.replaceAll('"', '')
    return { span: plain === '*' ? undefined : numberOf(reader, name, plain, at) }
  }
  const { span: from } = bound()
  if (!reader.take(/TO\s+/)) reader.fail('Here `TO` is expected, as in `[400 TO 499]`.')
  const { span: to } = bound()
  const [close = ''] = reader.take(/[\]}]/) ?? reader.fail('This range is not closed.', start)
  const low = from ? rangeOf(open === '[' ? '>=' : '>', from) : undefined
  const high = to ? rangeOf(close === ']' ? '<=' : '<', to) : undefined
  return {
    is: 'range',
    min: low?.min,
    openMin: low?.openMin ?? false,
    max: high?.max,
    openMax: high?.openMax ?? false
  }
}
