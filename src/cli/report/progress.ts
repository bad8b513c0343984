import { SECOND_MS, type Clock, type Millis } from '../../core/time.ts'
import { formatBytes, formatShare } from '../../core/units.ts'
import { bar } from '../../reports/layout.ts'
import { CLEAR_LINE, type Output } from '../context.ts'

const BAR = 20
/** Between two pictures: faster than this nobody reads. */
const PAUSE: Millis = 100
/** The rate of what came before is not that of what comes. */
const MEMORY: Millis = 5 * SECOND_MS

/** Shows how far reading has come, in one line of a terminal that is written over again. */
export interface ProgressLine {
  /** Bytes done, and of how many where that is known. */
  readonly show: (done: number, total: number | undefined) => void
  /** Takes the line away. */
  readonly end: () => void
}

/** The line of a terminal; nothing anywhere else. `clock` counts milliseconds since any instant. */
export function progressLine(output: Output, clock: Clock = () => performance.now()): ProgressLine {
  if (!output.isTTY) return { show: () => undefined, end: () => undefined }
  const seen: { readonly at: Millis; readonly done: number }[] = [{ at: clock(), done: 0 }]
  let shown = -Infinity
  return {
    show(done, total) {
      const now = clock()
      if (now - shown < PAUSE) return
      shown = now
      seen.push({ at: now, done })
      while (seen.length > 2 && now - seen[0]!.at > MEMORY) seen.shift()
      const { at, done: before } = seen[0]!
      const rate = ((done - before) * SECOND_MS) / Math.max(1, now - at)
      output.write(`${CLEAR_LINE}${readingText(done, total, rate).slice(0, (output.columns ?? 80) - 1)}`)
    },
    end: () => void output.write(CLEAR_LINE)
  }
}

/** `██████▌        44.1 %  105 MB of 237 MB  210 MB/s  0:01 left`; `rate` in bytes a second. */
export function readingText(done: number, total: number | undefined, rate: number): string {
  const speed = `${formatBytes(rate)}/s`
  if (total === undefined) return `${formatBytes(done)} read  ${speed}`
  const left = rate > 0 ? `  ${clockText((total - done) / rate)} left` : ''
  const share = formatShare(done, total)
  return `${bar(done, total, BAR)} ${share}  ${formatBytes(done)} of ${formatBytes(total)}  ${speed}${left}`
}

/** `0:07`, `12:40`, `1:02:03`. */
function clockText(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds))
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const [first = 0, ...rest] = parts[0] === 0 ? parts.slice(1) : parts
  return [first, ...rest.map(part => String(part).padStart(2, '0'))].join(':')
}
