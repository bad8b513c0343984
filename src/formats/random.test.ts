import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Kind } from '../core/fields.ts'
import type { Format } from '../core/format.ts'
import { Scanner } from '../scanner/index.ts'
import { events, readBack } from './contract.ts'
import { DIRECTIVES } from './directives.ts'
import { formatFor } from './index.ts'
import { notation } from './lookup.ts'
import { VARIABLES } from './nginx/variables.ts'

const ACCESS_TIMES = [
  '%t',
  '%{end}t',
  '[%{%d/%b/%Y:%H:%M:%S}t.%{msec_frac}t %{%z}t]',
  '%{%F %T}t,%{usec_frac}t',
  '%{sec}t%{msec_frac}t',
  '%{usec}t',
  '<%{%c}t>',
  '%t %{end:usec}t',
  '%{%Y %j}t %{%T}t',
  '%{%u %d/%m/%Y %I:%M:%S %P}t',
  '%{%w, %F %T %z}t'
]

const name = fc.constantFrom('X-Id', 'SID', 'a.b', 'Référence', '')
const directive = fc
  .constantFrom(...DIRECTIVES.filter(({ kind, meaning }) => kind === 'access' && meaning.as !== 'time'))
  .chain(entry => name.map(name => notation(entry).replace('VARNAME', name || 'x')))
/** A request holds blanks, so it is always in quotes. */
const wrapped = fc
  .tuple(directive, fc.constantFrom('""', '""', '[]', '||', '  '))
  .map(([text, [open, close]]) => (text === '%r' ? `\\"${text}\\"` : `${open}${text}${close}`.trim()))
const separator = fc.constantFrom(' ', ' ', '\t', ' - ', ', ', ' %% ', ' é ')
const accessString = fc
  .tuple(fc.array(fc.tuple(wrapped, separator), { maxLength: 8 }), fc.constantFrom(...ACCESS_TIMES), fc.nat())
  .map(([pieces, time, at]) => {
    const all = pieces.map(([text, separator]) => text + separator)
    return all
      .toSpliced(at % (all.length + 1), 0, `${time} `)
      .join('')
      .trim()
  })

/** Fields of an error line that cannot be taken for one another. */
const ERROR_FIELDS = [
  ' [%-m:%l]',
  ' [pid %P]',
  String.raw` [tid\ %T]`,
  ' %7F:',
  ' %E:',
  String.raw` [client\ %a]`,
  String.raw` [at\ %A]`,
  ' [R:%L]',
  ' [C:%{c}L]',
  ' keep=%k',
  ' agent=%-{User-Agent}i;',
  ' 100%%'
]
const errorString = fc
  .tuple(
    fc.constantFrom('[%t]', '[%{u}t]', '[%{cu}t]', '[%{cuz}t]', '%{%F}t [%{%T}t]'),
    fc.shuffledSubarray(ERROR_FIELDS),
    fc.constantFrom('', String.raw`% ,\ referer:\ %{Referer}i`)
  )
  .map(([time, fields, tail]) => `${time}${fields.join('')} %M${tail}`)

/** Variables of nginx between quotes or bars, with any escape. */
const nginxString = fc
  .tuple(
    fc.constantFrom('default', 'json', 'none'),
    fc.constantFrom('[$time_local]', '$time_iso8601', '$msec'),
    fc.uniqueArray(
      fc.constantFrom(
        ...VARIABLES.filter(({ meaning }) => meaning.as !== 'time').map(one => one.name),
        'http_x_id',
        'other'
      ),
      { maxLength: 8 }
    ),
    fc.constantFrom('"', '"', '|')
  )
  .map(([escape, time, names, quote]) => {
    // Where texts stand as they are, nothing but a quote that none holds can end one.
    const mark = escape === 'none' ? '|' : names.includes('request') ? '"' : quote
    const pieces = names.map(name => `${mark}$${name}${mark}`)
    return `log_format x escape=${escape} '${[time, ...pieces].join(' ')}';`
  })

/** Maps of JSON members to fields. */
const jsonString = fc
  .tuple(
    fc.constantFrom('time=ts', 'time=a.b.time:ms', 'time=@timestamp:us', 'time=t:ns time_end=end'),
    fc.shuffledSubarray([
      'client=a.client',
      'status=response.status',
      'path=request.uri',
      'method=request.method',
      'agent=headers.User-Agent',
      'duration=d:ms',
      'bytes=size',
      'json.x=a.x\\.y',
      'header.x-id=headers.X-Id'
    ]),
    fc.boolean()
  )
  .map(([time, members, error]) => ['json', time, ...members, ...(error ? ['message=msg'] : [])].join(' '))

describe('lines of random directive strings', () => {
  it.each([
    ['LogFormat', accessString, 'access'],
    ['ErrorLogFormat', errorString, 'error'],
    ['log_format', nginxString, undefined],
    ['json', jsonString, undefined]
  ] as const)('%s: are read back equal', (_, strings, kind) => {
    fc.assert(
      fc.property(
        strings.chain(text => {
          const format = formatFor(text, kind)
          const all = fc.array(events(format), { minLength: 1, maxLength: 5 })
          return all.map(events => ({ text, format, events }))
        }),
        ({ format, events }) => {
          const lines = events.map(event => format.print(event))
          const scanner = new Scanner([format.program], {
            zone: 'UTC',
            seed: 1n,
            chunk: 1 << 16,
            maxLine: 1 << 12
          })
          const expected = events.map((event, i) => ({ event, line: lines[i] }))
          expect(readBack(format, scanner, lines)).toEqual(expected)
        }
      ),
      { seed: 1, numRuns: 150 }
    )
  })

  it('never fail but with a caret, and come back by their text', () => {
    const junk = fc.string({ unit: fc.constantFrom(...Array.from('%{}th>r!,^\\"a T1M ')), maxLength: 12 })
    const strings = fc.tuple(junk, fc.constantFrom('', '%t', ' %t '), junk).map(parts => parts.join(''))
    const outcomes = { read: 0, refused: 0 }
    fc.assert(
      fc.property(strings, fc.constantFrom('access', 'error', undefined), (text, wanted) => {
        const format = tryFormat(text, wanted)
        if (format instanceof Error) {
          expect(format).toMatchObject({ code: 'FORMAT', message: expect.stringMatching(/^.+\n.*\n *\^$/) })
          outcomes.refused++
        } else {
          const { kind, text, program } = format
          expect(formatFor(text)).toMatchObject({ kind, text, program })
          outcomes.read++
        }
      }),
      { seed: 1, numRuns: 2000 }
    )
    expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(100)
  })
})

function tryFormat(text: string, kind: Kind | undefined): Format | Error {
  try {
    return formatFor(text, kind)
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
}
