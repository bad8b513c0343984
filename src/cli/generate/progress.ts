import { formatCount } from '../../core/units.ts'
import type { Context } from '../context.ts'
import type { OpenLog } from './outputs.ts'

const EVERY = 500
const CLEAR = '\r\u001b[K'

/** Shows on a terminal how many lines are out and how fast, until it is stopped. */
export function showProgress(outputs: readonly OpenLog[], { stdout, stderr }: Context): { stop: () => void } {
  if (!stderr.isTTY || (stdout.isTTY && outputs.some(({ target }) => target === '-')))
    return { stop: () => {} }
  let before = { lines: 0, at: performance.now() }
  const timer = setInterval(() => {
    const now = { lines: outputs.reduce((sum, { sink }) => sum + sink.written, 0), at: performance.now() }
    const rate = ((now.lines - before.lines) * 1000) / (now.at - before.at)
    stderr.write(`${CLEAR}${formatCount(now.lines)} lines  ${formatCount(Math.round(rate))} lines/s`)
    before = now
  }, EVERY)
  const stop = (): void => {
    clearInterval(timer)
    stderr.write(CLEAR)
  }
  return { stop }
}
