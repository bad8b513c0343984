import type { Batch } from '../core/batch.ts'
import type { Kind } from '../core/fields.ts'
import type { SampleLine } from '../core/progress.ts'

/** The scanner, as far as its lines' bytes go. */
export interface LineBytes {
  bytes(start: number, length: number): Uint8Array
}

/** How many of the newest lines a step shows. */
export const MAX_SAMPLES = 20

/** The text fields that are shown beside a line. */
export const SAMPLE_FIELDS = ['level'] as const

/** Where a line is cut that is shown, in bytes. */
const MAX_SHOWN_BYTES = 2000

const decoder = new TextDecoder()

/** The last lines of a batch, for people to see, and where each begins. */
export function newestOf(
  { rows, start, length, time, columns }: Batch,
  lines: LineBytes,
  kind: Kind
): { start: number; line: SampleLine }[] {
  const status = columns.get('status')
  const level = columns.get('level')
  const samples: { start: number; line: SampleLine }[] = []
  for (let row = Math.max(0, rows - MAX_SAMPLES); row < rows; row++) {
    const line = { kind, text: decodeLine(lines.bytes(start[row]!, length[row]!)), time: time[row]! }
    const code = level?.type === 'text' ? level.codes[row]! : 0
    const found = {
      ...(status?.type === 'number' && status.values[row]! >= 0 && { status: status.values[row]! }),
      ...(level?.type === 'text' && code > 0 && { level: level.dictionary.text(code) })
    }
    samples.push({ start: start[row]!, line: { ...line, ...found } })
  }
  return samples
}

export function rejectedSample(bytes: Uint8Array, reason: string, kind: Kind): SampleLine {
  return { kind, text: decodeLine(bytes), rejected: reason }
}

/** A line as text, cut where it is very long. */
export function decodeLine(line: Uint8Array): string {
  const text = decoder.decode(line.subarray(0, MAX_SHOWN_BYTES))
  return line.length > MAX_SHOWN_BYTES ? `${text}…` : text
}
