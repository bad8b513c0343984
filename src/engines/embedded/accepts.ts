import type { Format } from '../../core/format.ts'
import { Scanner } from '../../scanner/index.ts'

/** Small, for a few lines: detection tries many formats. */
const SMALL = { chunk: 64 * 1024, maxLine: 64 * 1024, maxRows: 16, dictionaryEntries: 1024, zone: 'UTC' }

/** A test whether a line follows a format. Its scanners go with it. */
export function acceptor(): (format: Format, line: Uint8Array) => boolean {
  const scanners = new Map<Format, Scanner>()
  return (format, line) => {
    let scanner = scanners.get(format)
    if (!scanner) scanners.set(format, (scanner = new Scanner([format.program], SMALL)))
    scanner.reset()
    const input = scanner.input()
    if (line.length > input.length) return false
    input.set(line)
    scanner.filled(line.length)
    return scanner.scan({ final: true }).batches[0]?.rows === 1
  }
}
