import { embeddedKind } from './embedded/index.ts'
import type { EngineKind, EngineOptions } from './kind.ts'
import { sparkKind } from './spark/index.ts'

export type { Engine, EngineEvents, EngineFinding, EngineKind, EngineOptions } from './kind.ts'

/** All kinds of engines; the first is the usual one. */
export const ENGINES: readonly EngineKind[] = [embeddedKind, sparkKind]

/** @throws RangeError for a type that is none of these kinds */
export function engineKindOf({ type }: EngineOptions, kinds = ENGINES): EngineKind {
  const kind = kinds.find(({ name }) => name === type)
  if (!kind) throw new RangeError(`there is no engine of type ${type}`)
  return kind
}
