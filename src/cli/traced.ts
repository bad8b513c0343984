import type { Format } from '../core/format.ts'
import { formatsFor, presets, withBare } from '../formats/index.ts'
import { visible } from '../core/visible.ts'
import { peekFile } from '../reading/file.ts'
import { scrubOf } from '../privacy/scrub.ts'
import type { ScrubSettings } from '../privacy/settings.ts'
import { Scanner, trace, type Trace } from '../scanner/index.ts'
import { textTable } from './text-table.ts'

/**
 * The first lines of a file taken apart, by its format or, where none was found, by the preset that gets furthest in each.
 * Throws FILE_MISSING, FILE_UNREADABLE and FORMAT.
 */
export async function tracedFile(
  path: string,
  format: string | undefined,
  count: number,
  scrub: ScrubSettings,
  signal: AbortSignal
): Promise<string> {
  const { chosen, lines } = await peekFile(path, format, count, signal)
  const found = chosen && 'choice' in chosen ? chosen.choice : undefined
  const why = found?.why ?? (chosen && 'problem' in chosen ? chosen.problem : 'there are no lines')
  const formats = found ? withBare(formatsFor(found.text)) : presets()
  const shown = maskedLines(lines, formats, scrub)
  return [visible(`${path}: ${why}`), '', ...shown.map(line => tracedLine(line, formats))].join('\n')
}

/** A line taken apart for people: which bytes (counted from 1) which directive took for which field, and where and why it breaks. */
function tracedLine(line: Uint8Array, formats: readonly Format[]): string {
  const { format, traced } = furthest(line, formats)
  const { pieces, broken } = traced
  const rows = pieces
    .filter(({ fields, to, from }) => fields.length > 0 || to > from)
    .map(({ step, from, to, text, fields }) => [
      `  ${from + 1}${to === from ? '' : `-${to}`}`,
      format.origins[step] ?? '',
      fields.length === 0 ? JSON.stringify(text) : fields.join(', '),
      fields.length === 0 ? '' : text
    ])
  const directive = broken ? format.origins[broken.step] : undefined
  const end = broken
    ? `  broken${directive === undefined ? '' : ` in ${directive}`} at ${broken.reason}`
    : '  follows the format'
  const head = visible(`${format.name}: ${decoder.decode(line)}`)
  return [head, ...textTable(rows), visible(end), ''].join('\n')
}

/** What the formats of a log make of its first lines, one line each for people: `client=10.0.0.1  time=…`. */
export function sampleLines(
  lines: readonly Uint8Array[],
  formats: readonly Format[],
  scrub: ScrubSettings
): string[] {
  return maskedLines(lines, formats, scrub).map(line => {
    const pieces = furthest(line, formats).traced.pieces.filter(({ fields }) => fields.length > 0)
    // The pieces of a time are shown together, with what stands between them.
    const begins = pieces.filter(({ fields }, i) => fieldOf(fields) !== fieldOf(pieces[i - 1]?.fields ?? []))
    const texts = begins.map(({ fields, from }, i) => {
      const end = pieces.findLast(piece => piece.from < (begins[i + 1]?.from ?? Infinity))?.to
      return `${fieldOf(fields)}=${decoder.decode(line.subarray(from, end))}`
    })
    return visible(texts.join('  '))
  })
}

/** Lines with their secrets masked, as they would be kept. */
function maskedLines(
  lines: readonly Uint8Array[],
  formats: readonly Format[],
  settings: ScrubSettings
): Uint8Array[] {
  const longest = Math.max(1, ...lines.map(({ length }) => length))
  const scanner = new Scanner(
    formats.map(({ program }) => program),
    {
      scrub: scrubOf(settings),
      printers: formats,
      chunk: longest,
      maxLine: longest
    }
  )
  return lines.map(line => {
    scanner.reset()
    scanner.input().set(line)
    scanner.filled(line.length)
    scanner.scan({ final: true })
    return scanner.bytes(0, line.length).slice()
  })
}

/** A request is shown as a whole. */
function fieldOf(fields: readonly string[]): string {
  return fields.includes('request') ? 'request' : (fields[0] ?? '')
}

function furthest(line: Uint8Array, formats: readonly Format[]): { format: Format; traced: Trace } {
  const traces = formats.map(format => ({ format, traced: trace(format.program, line) }))
  return traces.reduce((best, one) => (reach(one) > reach(best) ? one : best))
}

const decoder = new TextDecoder()

/** How far a format got; all the way is furthest. */
function reach({ traced }: { readonly traced: Trace }): number {
  return traced.broken?.at ?? Infinity
}
