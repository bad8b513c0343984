import type { Sink, SinkWorld } from '../../../core/sink.ts'
import { worldOf } from '../../contract.ts'
import { kafkaSink } from '../index.ts'

/** Opens the sink that a target names, as a command does. */
export async function openTarget(target: string, world: SinkWorld = worldOf()): Promise<Sink> {
  return kafkaSink.open(kafkaSink.options.parse(kafkaSink.take(target)), world)
}

/** `line 7`, `line 8` and so on. */
export function numbered(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `line ${from + i}`)
}
