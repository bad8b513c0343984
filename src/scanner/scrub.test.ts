import { expect, it } from 'vitest'
import { Flag } from '../core/batch.ts'
import { Encoder } from '../counting/encode.ts'
import { formatFor } from '../formats/index.ts'
import { Scanner, type Scan } from './scanner.ts'
import type { Scrub } from './scrub.ts'

const SECRET = /token=[^&" ]*/g

/** Masks what follows `token=`, wherever it is. */
const scrub: Scrub = (_field, value) => {
  const text = Buffer.from(value).toString('latin1')
  return text.search(SECRET) < 0 ? undefined : Buffer.from(text.replaceAll(SECRET, 'token=***'), 'latin1')
}

const format = formatFor('combined')

const line = (query: string, bytes = '5', referrer = '-'): string =>
  `8.8.8.8 - - [10/Oct/2000:13:55:36 -0700] "GET /a?${query} HTTP/1.1" 200 ${bytes} "${referrer}" "curl/8"`

const LINES = [
  line('x=1&token=hunter2'),
  line('token=swordfish', '007'),
  line('x=2'),
  line('x=1&token=correct-horse'),
  line('x=3', '5', 'https://example.com/?token=hunter2'),
  'no line at all token=battery-staple',
  line('token=swordfish', '7')
]

const SECRETS = ['hunter2', 'swordfish', 'correct-horse', 'battery-staple']

const masked = (text: string): string => text.replaceAll(SECRET, 'token=***')

function scanned(): { scanner: Scanner; scan: Scan } {
  const scanner = new Scanner([format.program], { scrub })
  const input = Buffer.from(`${LINES.join('\n')}\n`)
  scanner.input().set(input)
  scanner.filled(input.length)
  return { scanner, scan: scanner.scan({ final: true }) }
}

/** Everything of a value that can be written down, bytes as text too. */
function everything(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1')
  if (value instanceof Map) return Array.from(value, pair => everything(pair)).join('\n')
  if (Array.isArray(value)) return value.map(everything).join('\n')
  return typeof value === 'object' && value !== null ? everything(Object.entries(value)) : String(value)
}

it('what is masked is nowhere: not in dictionaries, batches, lines, rejections and what goes to the store', () => {
  const { scanner, scan } = scanned()
  const [batch] = scan.batches
  if (!batch) throw new Error('no batch')
  const texts = Array.from(batch.columns.values(), column =>
    column.type === 'number'
      ? []
      : Array.from({ length: column.dictionary.size }, (_, code) => [
          column.dictionary.text(code),
          column.dictionary.bytes(code)
        ])
  )
  const lines = Array.from(batch.start, (start, row) => scanner.bytes(start, batch.length[row] ?? 0))
  const rejected = scan.rejected.map(({ start, length }) => scanner.bytes(start, length))
  const stored = new Encoder('d', 'web', format).encode(batch, scanner)
  const all = everything([texts, lines, rejected, stored])
  for (const secret of SECRETS) expect(all).not.toContain(secret)
  expect(all).toContain('token=***')
  expect(stored.kept.size).toBe(1)
  expect([...lines, ...rejected].map(everything)).toEqual(
    [0, 1, 2, 3, 4, 6, 5].map(i => masked(LINES[i] ?? ''))
  )
})

it('a line comes back with its mask, from its fields or, where they do not give it back, as it was kept', () => {
  const { scanner, scan } = scanned()
  const [batch] = scan.batches
  if (!batch) throw new Error('no batch')
  const printed = Array.from(batch.time, (time, row) => {
    if ((batch.flags[row] ?? 0) & Flag.notCanonical)
      return everything(scanner.bytes(batch.start[row] ?? 0, batch.length[row] ?? 0))
    return everything(
      format.printRaw({
        time,
        zone: batch.zone[row] ?? 0,
        get(field) {
          const column = batch.columns.get(field)
          if (column?.type === 'number')
            return Number.isNaN(column.values[row]) ? null : (column.values[row] ?? null)
          const code = column?.codes[row] ?? 0
          return code === 0 || !column ? null : column.dictionary.bytes(code)
        }
      })
    )
  })
  expect(printed).toEqual([0, 1, 2, 3, 4, 6].map(i => masked(LINES[i] ?? '')))
})

it('values with one mask are one value, and stay so when their dictionary is rotated', () => {
  const { scanner, scan } = scanned()
  const column = scan.batches[0]?.columns.get('query')
  if (column?.type !== 'text') throw new Error('no column')
  const codes = Array.from(column.codes)
  expect(codes[0]).toBe(codes[3])
  expect(codes[1]).toBe(codes[5])
  const dictionary = scanner.dictionaries[0]?.get('query')
  const moved = dictionary?.rotate([codes[1] ?? 0]) ?? []
  const code = moved[codes[1] ?? 0] ?? 0
  expect([dictionary?.size, dictionary?.text(code), everything(dictionary?.bytes(code))]).toEqual([
    2,
    'token=***',
    'token=***'
  ])
  const input = Buffer.from(`${LINES[6]}\n${LINES[0]}\n`)
  scanner.input().set(input)
  scanner.filled(input.length)
  const again = scanner.scan({ final: true }).batches[0]?.columns.get('query')
  if (again?.type !== 'text') throw new Error('no column')
  expect(Array.from(again.codes, one => again.dictionary.text(one))).toEqual(['token=***', 'x=1&token=***'])
  expect(again.codes[0]).toBe(code)
})

it('each value is asked for once', () => {
  const asked: string[] = []
  const scanner = new Scanner([format.program], {
    scrub: (field, value) => {
      asked.push(`${field} ${everything(value)}`)
      return undefined
    }
  })
  for (let i = 0; i < 2; i++) {
    const input = Buffer.from(`${line('x=1')}\n${line('x=1')}\n`)
    scanner.input().set(input)
    scanner.filled(input.length)
    scanner.scan({ final: true })
  }
  expect(new Set(asked).size).toBe(asked.length)
  expect(asked).toContain('query x=1')
})

/** Hides a cookie, whatever is in it, and what follows `token=`. */
const hiding: Scrub = (field, value, name) =>
  field === 'cookie.x' && Buffer.from(value).toString() !== '***'
    ? Buffer.from('***')
    : scrub(field, value, name)

/** The lines of a scan with that, as they are shown, and as they are without. */
function shown(text: string, line: string): { shown: string; printed: string | undefined } {
  const own = formatFor(text)
  const scanner = new Scanner([own.program], { scrub: hiding, printers: [own] })
  const input = Buffer.from(`${line}\n`)
  scanner.input().set(input)
  scanner.filled(input.length)
  const [batch] = scanner.scan({ final: true }).batches
  const bytes = scanner.bytes(batch?.start[0] ?? 0, batch?.length[0] ?? 0)
  const canonical = ((batch?.flags[0] ?? 0) & Flag.notCanonical) === 0
  const printed = own.printRaw({
    time: batch?.time[0] ?? 0,
    zone: batch?.zone[0] ?? 0,
    get(field) {
      const column = batch?.columns.get(field)
      if (column?.type === 'number') return column.values[0] ?? null
      return column && column.codes[0] !== 0 ? column.dictionary.bytes(column.codes[0] ?? 0) : null
    }
  })
  return { shown: everything(bytes), printed: canonical ? everything(printed) : undefined }
}

it('a value that stands in a line more than once is masked in its own place alone', () => {
  const format = '%h %t "%{x}C" "%r" %>s'
  const at = '[10/Oct/2000:13:55:36 -0700]'
  const { shown: line, printed } = shown(format, `1 ${at} "1" "GET /1 HTTP/1.1" 201`)
  expect(line).toBe(`1 ${at} "***" "GET /1 HTTP/1.1" 201`)
  expect(printed).toBe(line)
  // Not as it would be printed, so that its fields have to do.
  expect(shown(format, `1 ${at} "1" "GET /1 HTTP/1.1" 0201`).shown).toBe(line)
})

it('members of JSON that fill no field are masked too, and the line can be read again', () => {
  const line = '{"t":1700000000,"s":200,"c":"zz9","u":"/a?token=abc","more":"token=def","n":1}'
  const { shown: masked } = shown('json time=t status=s cookie.x=c path=u', line)
  for (const secret of ['abc', 'def', 'zz9']) expect(masked).not.toContain(secret)
  expect(JSON.parse(masked)).toMatchObject({ t: 1_700_000_000, s: 200, c: '***', u: '/a?token=***' })
})
