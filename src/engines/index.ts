import { embeddedKind } from './embedded/index.ts'
import type { LineQuestions, Store } from '../store/index.ts'
import { ENGINE_SOURCE, type EngineKind, type EngineOptions } from './kind.ts'
import { sparkKind } from './spark/index.ts'

export { ENGINE_SOURCE } from './kind.ts'
export type { Engine, EngineEvents, EngineFinding, EngineKind, EngineOptions } from './kind.ts'

/** All kinds of engines; the first is the usual one. */
export const ENGINES: readonly EngineKind[] = [embeddedKind, sparkKind]

/** What answers questions about lines that an engine keeps elsewhere than in its store; `undefined` where it does not. */
export function archiveOf(
  kind: EngineKind,
  options: EngineOptions,
  store: Pick<Store, 'identity' | 'positions'>
): LineQuestions | undefined {
  return kind.archive?.(options, {
    identity: store.identity,
    positions: () => store.positions({ source: ENGINE_SOURCE })
  })
}

/** An engine's options with each path on this machine made absolute. */
export function withEnginePaths<Options extends EngineOptions>(
  options: Options,
  absolute: (path: string) => string
): Options {
  return { ...options, ...engineKindOf(options).withPaths?.(options, absolute) }
}

/** @throws RangeError for a type that is none of these kinds */
export function engineKindOf({ type }: EngineOptions, kinds = ENGINES): EngineKind {
  const kind = kinds.find(({ name }) => name === type)
  if (!kind) throw new RangeError(`there is no engine of type ${type}`)
  return kind
}
