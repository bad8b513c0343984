/** Logs that engines are held against each other with: small, and each with something that is easily done otherwise. */

/** The bytes of some files, by their names. */
export interface Input {
  readonly name: string
  readonly files: Readonly<Record<string, string | Uint8Array>>
  /** Where it is not found by itself. */
  readonly format?: string
}

/** A line of the common format; `second` is from a whole hour on. */
function access(second: number, client: string, rest = '"GET / HTTP/1.1" 200 7'): string {
  const time = new Date(Date.UTC(2026, 0, 1, 12) + second * 1000)
    .toUTCString()
    .replace(/^\w+, (\d+) (\w+) (\d+) (\S+) GMT$/, '$1/$2/$3:$4 +0000')
  return `${client} - - [${time}] ${rest}\n`
}

function lines(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => line(i)).join('')
}

const MIB = 1 << 20

/** Parts of lines that are bytes, not text. */
const HOSTILE: readonly string[] = [
  '\xff\xfe',
  '\xc3',
  '\xed\xa0\x80',
  '\0',
  'a\tb',
  'a\rb',
  '\u001b[31m',
  '\\x41\\"\\\\',
  '%00%zz',
  '\x85\xa0',
  '\\N',
  '\u0001\u007f'
]

const error = (second: number, message: string): string =>
  `[Thu Jan 01 12:00:${String(second % 60).padStart(2, '0')}.000000 2026] [core:error] [pid 7:tid 8] [client 192.0.2.1:99] ${message}\n`

export const INPUTS: readonly Input[] = [
  {
    name: 'plain lines, lines that follow no format, and an end that is no whole line',
    files: {
      'a.log': `${lines(2000, i => access(i, `10.0.${i % 40}.${i % 7}`, `"GET /${i % 90}?q=${i} HTTP/1.1" ${i % 11 ? 200 : 503} ${i}`) + (i % 500 === 9 ? 'no line\n\n' : ''))}the end`
    }
  },
  {
    name: 'bytes that are no text',
    files: {
      'a.log': Buffer.from(
        lines(600, i => {
          const part = HOSTILE[i % HOSTILE.length]!
          return access(i, `10.0.0.${i % 9}`, `"GET /${part}${i % 5} HTTP/1.1" 200 7`).replace(
            '\n',
            i % 3 ? '\n' : '\r\n'
          )
        }) + lines(HOSTILE.length, i => `${HOSTILE[i]}\n`),
        'latin1'
      )
    }
  },
  {
    name: 'lines of a mebibyte, and longer ones',
    files: {
      'a.log': [
        access(0, '10.0.0.1'),
        access(1, '10.0.0.1', `"GET /${'x'.repeat(MIB - 200)} HTTP/1.1" 200 7`),
        access(2, '10.0.0.2', `"GET /${'y'.repeat(MIB + 200)} HTTP/1.1" 200 7`),
        access(3, '10.0.0.3')
      ].join('')
    }
  },
  {
    name: 'an error log in which lines go on',
    files: {
      'a.log': lines(300, i => error(i, `it failed ${i % 4}`) + '  at here\n\tat there\n'.repeat(i % 3))
    }
  },
  {
    name: 'access and error lines in one log',
    files: { 'a.log': lines(400, i => (i % 5 ? access(i, `10.0.0.${i % 9}`) : error(i, `oops ${i % 7}`))) },
    format: 'common\nerror24'
  },
  {
    name: 'times that go back and far ahead',
    files: {
      'a.log': lines(500, i =>
        access(i % 50 === 7 ? i - 4000 : i % 50 === 8 ? i + 1e8 : i, `10.0.0.${i % 9}`)
      )
    }
  },
  {
    name: 'a log that names its fields, and then others',
    files: {
      'a.log': lines(3, i =>
        [
          `#Fields: date time c-ip cs-method cs-uri-stem sc-status${i % 2 ? ' sc-bytes' : ''}\n`,
          lines(
            50,
            j => `2026-01-01 12:0${i}:${10 + (j % 50)} 10.0.0.${j % 7} GET /${j} 200${i % 2 ? ' 12' : ''}\n`
          )
        ].join('')
      )
    }
  },
  {
    name: 'several logs of several formats, one of none',
    files: {
      'a.log': lines(100, i => access(i, `10.0.0.${i % 9}`)),
      'b.log': lines(100, i => error(i, `it failed ${i % 4}`)),
      'c.log': 'these are no lines\nof any log\n',
      'd.log': ''
    }
  },
  {
    name: 'more keys than a step carries',
    files: {
      'a.log': lines(9000, i =>
        access(i % 10, `10.${i % 3 ? i % 50 : 99}.${i % 250}.${i % 11}`, `"GET /${i % 2500} HTTP/1.1" 200 7`)
      )
    }
  }
]
