import { statSync, type Stats } from 'node:fs'
import { VisorError } from '../../core/errors.ts'
import type { Sink, SinkDependencies } from '../../core/sink.ts'
import { unwritable } from '../../system/refused.ts'
import { sinkKind } from '../kind.ts'
import { fifoSink } from './fifo.ts'
import { LogFile } from './log.ts'
import { fileSinkOptions, type FileSinkOptions } from './options.ts'
import { Rotation } from './rotation.ts'
import { FileSink } from './sink.ts'

/** A file: lines are appended, and it can be rotated while it is written. */
export const fileSink = sinkKind({
  name: 'file',
  summary: 'a file that lines are appended to, rotated on request; or a FIFO',
  example: 'access.log',
  options: fileSinkOptions,
  take(target) {
    const path = /^file:(?:\/\/)?(?<path>.*)$/s.exec(target)?.groups?.['path']
    if (path !== undefined) return { path }
    return target === '-' || /^[a-z][a-z\d+.-]*:\/\//i.test(target) ? undefined : { path: target }
  },
  open: openFile
})

async function openFile(options: FileSinkOptions, { signal, clock }: SinkDependencies): Promise<Sink> {
  const { path, rotate, every, keep } = options
  const facts = factsOf(path)
  if (rotate !== undefined && facts?.isFile() === false)
    throw new VisorError('USAGE', `${path} cannot be rotated: it is no regular file`)
  if (facts?.isFIFO()) return fifoSink(path, signal)
  const log = await LogFile.open(path, every?.unit === 'lines').catch((error: unknown) => {
    throw unwritable(path, error)
  })
  return new FileSink(path, log, rotate && every && new Rotation({ path, rotate, every, keep, clock }))
}

function factsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch (error) {
    throw unwritable(path, error)
  }
}
