import type * as z from 'zod'
import { VisorError } from '../core/errors.ts'
import type { Sink, SinkDependencies } from '../core/sink.ts'
import { didYouMean } from '../core/suggest.ts'
import { schemeWithoutSlashes, targetHint } from '../settings/target.ts'
import { fileSink } from './file/index.ts'
import { kafkaSink } from './kafka/index.ts'
import type { SinkKind } from './kind.ts'
import { stdoutSink } from './stdout/index.ts'
import { tcpClientSink, tcpServerSink } from './tcp/index.ts'

export { ReaderLeft } from './stdout/stream.ts'
export type { SinkKind } from './kind.ts'

/** All kinds of sinks, the simplest first. */
export const SINKS: readonly SinkKind[] = [fileSink, stdoutSink, tcpServerSink, tcpClientSink, kafkaSink]

/**
 * Opens where lines go: a target as a user writes it (`access.log`, `-`, `tcp://127.0.0.1:5555`), and options given
 * beside it, which outweigh those of the target.
 * @throws VisorError USAGE for a target or options that cannot be understood; what the kind throws
 */
export async function openSink(
  target: string,
  more: Record<string, unknown>,
  dependencies: SinkDependencies
): Promise<Sink> {
  const examples = SINKS.map(({ example }) => example)
  const meant = schemeWithoutSlashes(target, examples)
  if (meant !== undefined)
    throw new VisorError(
      'USAGE',
      `${target}: did you mean ${meant}://? A file of that name is file:${target}`
    )
  for (const kind of SINKS) {
    const taken = kind.take(target)
    if (!taken) continue
    const { data, error } = kind.options.safeParse({ ...taken, ...more })
    if (error) throw new VisorError('USAGE', mistakes(target, kind, { ...taken, ...more }, error))
    return kind.open(data, dependencies)
  }
  throw new VisorError('USAGE', `${target}: lines cannot go there; ${targetHint(target, examples)}`)
}

/** One line for each mistake: target, option, what is allowed there. */
function mistakes(
  target: string,
  kind: SinkKind,
  given: Readonly<Record<string, unknown>>,
  { issues }: z.ZodError
): string {
  const known = Object.keys(kind.options.shape)
  const there = known.length > 0 ? `there are ${known.join(', ')}` : 'there are none here'
  const lines = issues.flatMap(issue => {
    if (issue.code !== 'unrecognized_keys') return [`${issue.path.join('.')}: ${wanted(issue, given)}`]
    return issue.keys.map(key => `unknown option ${key}${didYouMean(key, known, '', there)}`)
  })
  return lines.map(line => `${target}: ${line}`).join('\n')
}

function wanted(issue: z.core.$ZodIssue, given: Readonly<Record<string, unknown>>): string {
  const [option = ''] = issue.path
  const value = given[String(option)]
  const got = value === undefined ? 'nothing is given' : `got ${JSON.stringify(value)}`
  if (issue.code !== 'invalid_value') return `${issue.message}, ${got}`
  return `expected ${issue.values.join(' or ')}, ${got}${didYouMean(String(value), issue.values.map(String))}`
}
