import type { Format } from '../core/format.ts'
import { formatOf } from './compile.ts'

/**
 * Lines that a server writes to its error log before it is set up, or that its children write: a message without a
 * header. They have the time of the line before them.
 */
export const BARE: Format = formatOf('bare', 'error', 'bare', {
  steps: [{ op: 'text', field: 'message', until: '', quoted: false }],
  zoned: false
})

/** The formats of a log, and where lines without a header are to be expected in it, that of such lines as the last. */
export function withBare(formats: readonly Format[]): readonly Format[] {
  return formats.some(({ program }) => program.continued) ? [...formats, BARE] : formats
}
