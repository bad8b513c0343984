import { VisorError } from '../core/errors.ts'
import { schemeOf, schemeWithoutSlashes, targetHint } from '../settings/target.ts'
import { SOURCES, type SourceOptions } from './index.ts'

/**
 * The source that a target on the command line names: `-`, or an address such as `tcp://HOST:PORT`; `undefined` for a
 * path or pattern.
 * @throws VisorError USAGE for a target that cannot be understood
 */
export function takeTarget(target: string): SourceOptions | undefined {
  for (const kind of SOURCES) {
    const taken = kind.take?.(target)
    if (!taken) continue
    const { data, error } = kind.options.safeParse(taken)
    if (!error) return { type: kind.name, ...data }
    throw new VisorError('USAGE', error.issues.map(({ message }) => `${target}: ${message}`).join('\n'))
  }
  const examples = SOURCES.flatMap(({ targets = [] }) => targets)
  const meant = schemeWithoutSlashes(target, examples)
  if (meant !== undefined)
    throw new VisorError('USAGE', `${target}: did you mean ${meant}://? A file of that name is ./${target}`)
  if (schemeOf(target) === '') return undefined
  const hint = targetHint(target, ['files', ...examples])
  throw new VisorError('USAGE', `${target}: lines cannot come from there; ${hint}`)
}
