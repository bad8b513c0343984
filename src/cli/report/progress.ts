import { formatBytes } from '../../core/units.ts'
import type { Output } from '../context.ts'

const CLEAR = '\r\u001b[K'

export interface ProgressLine {
  /** Shows how far long work has come: bytes done of all, `undefined` where that is unknown. */
  readonly show: (done: number, total: number | undefined) => void
  readonly clear: () => void
}

/** One line that is written over again; silent where the output is no terminal. */
export function progressLine(output: Output): ProgressLine {
  if (!output.isTTY) return { show: () => {}, clear: () => {} }
  return {
    show(done, total) {
      const of = total === undefined ? '' : ` of ${formatBytes(total)}`
      output.write(`${CLEAR}${formatBytes(done)}${of} read`)
    },
    clear() {
      output.write(CLEAR)
    }
  }
}
