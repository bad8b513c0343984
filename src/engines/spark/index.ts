import { SECOND_MS } from '../../core/time.ts'
import { engineKind } from '../kind.ts'
import { sparkOptions } from './options.ts'

/** What a batch waits for and takes besides its own time: its lines come in, its counts go on their way. */
const AROUND = 2 * SECOND_MS

/** Reads on the executors of a Spark cluster, with the same code. */
export const sparkKind = engineKind({
  name: 'spark',
  summary: 'reads in tasks of a Spark cluster, batch by batch, and keeps lines where it is told to',
  example: { connect: 'sc://spark.example.org:15002' },
  options: sparkOptions,
  withPaths: (options, absolute) =>
    options.node?.includes('/') ? { ...options, node: absolute(options.node) } : options,
  keeps: ({ lines, archive }) => ({ lines: lines && !archive }),
  archive({ connect, node, archive }, store) {
    if (!archive) return undefined
    const searching = import('./archive/open.ts').then(({ openSearch }) =>
      openSearch({ connect, node }, archive.path, store)
    )
    searching.catch(() => {})
    return {
      lines: async (parameters, call) => (await searching).lines(parameters, call),
      count: async (parameters, call) => (await searching).count(parameters, call),
      stats: async (parameters, call) => (await searching).stats(parameters, call),
      signatures: async (parameters, call) => (await searching).signatures(parameters, call),
      close: async () => (await searching).close()
    }
  },
  // Lines that come just after a batch has begun are in the next one.
  delay: ({ batch: { interval, longest } }) => interval + 2 * longest + AROUND,
  async *check(options, plan, signal) {
    const { checkSpark } = await import('./check.ts')
    yield* checkSpark(options, plan, signal)
  },
  async start(options, plan, sink, events, dependencies) {
    const { startSparkEngine } = await import('./start.ts')
    return startSparkEngine(options, plan, sink, events, dependencies)
  }
})
