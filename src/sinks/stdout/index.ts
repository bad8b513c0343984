import { fstatSync } from 'node:fs'
import * as z from 'zod'
import type { Sink, SinkDependencies } from '../../core/sink.ts'
import { FileSink } from '../file/sink.ts'
import { LogFile } from '../file/log.ts'
import { sinkKind } from '../kind.ts'
import { streamSink } from './stream.ts'

const NAME = 'standard output'

/** Standard output: whoever reads it may leave at any time, which ends the writing quietly (ReaderLeft). */
export const stdoutSink = sinkKind({
  name: 'stdout',
  summary: 'standard output',
  example: '-',
  options: z.strictObject({}),
  take: target => (target === '-' ? {} : undefined),
  open: async (_, dependencies) => openStdout(dependencies)
})

/**
 * Where it leads to a file, that is written as one: Node's own stream would take a write that a full disk has cut
 * short for a whole one.
 */
function openStdout({ stdout, signal }: SinkDependencies): Sink {
  const fd = 'fd' in stdout && typeof stdout.fd === 'number' ? stdout.fd : undefined
  if (fd !== undefined && fstatSync(fd).isFile()) return new FileSink(NAME, new LogFile(fd, true))
  return streamSink(NAME, stdout, signal)
}
