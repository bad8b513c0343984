import type { Sink, SinkDependencies } from '../../../core/sink.ts'
import { sinkDependencies } from '../../contract.ts'
import { kafkaSink } from '../index.ts'

/** Opens the sink that a target names, as a command does. */
export async function openTarget(
  target: string,
  dependencies: SinkDependencies = sinkDependencies()
): Promise<Sink> {
  return kafkaSink.open(kafkaSink.options.parse(kafkaSink.take(target)), dependencies)
}

/** `line 7`, `line 8` and so on. */
export function numbered(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `line ${from + i}`)
}
