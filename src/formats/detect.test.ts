import { describe, expect, it } from 'vitest'
import type { Format } from '../core/format.ts'
import { Scanner } from '../scanner/index.ts'
import { detect } from './detect.ts'

const accepts = (format: Format, line: Uint8Array): boolean => {
  const scanner = new Scanner([format.program], { zone: 'UTC' })
  scanner.input().set(line)
  scanner.filled(line.length)
  return scanner.scan({ final: true }).batches[0]?.rows === 1
}

const found = (lines: readonly string[]): [name: string | undefined, why: string] => {
  const { formats, why } = detect(
    lines.map(line => Buffer.from(line)),
    accepts
  )
  return [formats.map(({ name }) => name).join(' + ') || undefined, why]
}

const COMMON = '10.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 2326'
const COMBINED = `${COMMON} "-" "curl"`
const ERROR24 = '[Thu Dec 19 12:02:47.288843 2024] [core:error] [pid 22] AH00001: x: y'
const ERROR22 = '[Sun Dec 04 04:47:44 2005] [error] [client 1.2.3.4] File does not exist: /x'

describe('detect', () => {
  it.each<[name: string | undefined, lines: string[], why: string]>([
    ['common', [COMMON], 'common: the first line follows it'],
    ['combined', [COMBINED, COMBINED], 'combined: the first 2 lines follow it'],
    ['combinedio', [`${COMBINED} 300 500`], 'combinedio: the first line follows it'],
    ['forwarded', [`${COMBINED} "10.9.8.7, 10.1.1.1"`], 'forwarded: the first line follows it'],
    ['vhost_common', [`example.org ${COMMON}`], 'vhost_common: the first line follows it'],
    ['vhost_combined', [`example.org:443 ${COMBINED}`], 'vhost_combined: the first line follows it'],
    ['error24', [ERROR24], 'error24: the first line follows it'],
    ['error22', [ERROR22], 'error22: the first line follows it'],
    ['combined', ['garbage', COMBINED, COMMON, COMBINED], 'combined: 2 of the first 4 lines follow it'],
    ['combined', ['garbage', COMBINED], 'combined: 1 of the first 2 lines follows it'],
    ['combined', [COMBINED, COMBINED.replace('- - [', '- a b [')], 'combined: the first 2 lines follow it'],
    ['combined', [COMBINED, ERROR24, COMBINED], 'combined: 2 of the first 3 lines follow it'],
    [
      'combined + error24',
      [COMBINED, ERROR24, 'x', COMBINED, ERROR24, COMBINED],
      'combined + error24: 5 of the first 6 lines follow them (3 and 2)'
    ],
    [
      'w3c',
      ['#Software: x', '#Fields: date time c-ip', '2024-01-02 03:04:05 ::1'],
      'w3c: the first line follows it'
    ],
    [undefined, ['#Fields: time', '03:04:05'], 'no known format reads the first line'],
    [undefined, [COMMON, 'x', 'y'], 'common, the nearest format, reads only 1 of the first 3 lines'],
    [undefined, ['{"a": 1}', ''], 'no known format reads any of the first 2 lines'],
    [undefined, ['x'], 'no known format reads the first line'],
    [undefined, [], 'there are no lines yet']
  ])('%s: %j', (name, lines, why) => expect(found(lines)).toEqual([name, why]))
})
