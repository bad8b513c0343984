/**
 * A process of its own that writes numbered lines, `node write.ts TARGET LINES BATCH`, and prints on standard error, as
 * JSON, how that went.
 */
import { openSink } from '../index.ts'

const [target = '-', lines = '0', batch = '1'] = process.argv.slice(2)
const { signal } = new AbortController()
const sink = await openSink(target, {}, { signal, clock: Date.now, stdout: process.stdout })
let failure: unknown
try {
  for (let from = 0; from < Number(lines); from += Number(batch)) {
    const texts = Array.from(
      { length: Number(batch) },
      (_, i) => `${from + i} ${'x'.repeat((from + i) % 90)}\n`
    )
    await sink.write({ bytes: Buffer.from(texts.join('')), count: texts.length })
  }
} catch (error) {
  failure = error
}
await sink.close().catch((error: unknown) => (failure = error))
const failed = failure instanceof Error ? { name: failure.name, message: failure.message } : {}
process.stderr.write(JSON.stringify({ written: sink.written, ...failed }))
