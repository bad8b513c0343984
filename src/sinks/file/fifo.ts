import { constants, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { systemCode } from '../../core/errors.ts'
import type { Sink } from '../../core/sink.ts'
import type { Millis } from '../../core/time.ts'
import { pause } from '../../system/abort.ts'
import { unwritable } from '../../system/refused.ts'
import { streamSink } from '../stdout/stream.ts'

/** Between two looks for a reader. */
const READER_CHECK_INTERVAL: Millis = 100

/** Lines to a FIFO: waits for its reader, and ends as standard output does when that leaves (ReaderLeft). */
export function fifoSink(path: string, signal: AbortSignal): Sink {
  const warnings: string[] = []
  let open: { readonly stream: Socket; readonly sink: Sink } | undefined

  /** A blocking open would wait in a thread that nothing can call back, not even the end of the process. */
  async function whenRead(): Promise<{ stream: Socket; sink: Sink }> {
    for (let reported = false; ; reported = true) {
      const fd = tryOpen(path)
      if (fd !== undefined) {
        const stream = new Socket({ fd, readable: false, writable: true })
        return { stream, sink: streamSink(path, stream, signal) }
      }
      if (!reported) warnings.push(`waits for a reader of ${path}`)
      await pause(READER_CHECK_INTERVAL, signal)
    }
  }

  return {
    framed: false,
    name: path,
    get written() {
      return open?.sink.written ?? 0
    },
    async write(lines) {
      if (lines.count === 0) return
      open ??= await whenRead()
      await open.sink.write(lines)
    },
    async close() {
      open?.stream.destroy()
    },
    warnings: () => warnings.splice(0)
  }
}

/** `undefined` while nobody reads. */
function tryOpen(path: string): number | undefined {
  try {
    return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch (error) {
    if (systemCode(error) === 'ENXIO') return undefined
    throw unwritable(path, error)
  }
}
