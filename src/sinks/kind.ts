import type * as z from 'zod'
import type { Sink, SinkDependencies } from '../core/sink.ts'

/** One kind of sink: a folder here, and a line in index.ts. */
export interface SinkKind<Schema extends z.ZodObject = z.ZodObject> {
  readonly name: string
  readonly summary: string
  /** A target of this kind as a user writes it. */
  readonly example: string
  /** What can be set for it; the values of a target's options come as text. */
  readonly options: Schema
  /** The options in a target, as text; `undefined` when the target is none of this kind. */
  take(target: string): Record<string, string> | undefined
  /**
   * Opens it; waits for what it cannot do without (a connection, a broker).
   * @throws VisorError when that cannot be had
   */
  open(options: z.output<Schema>, dependencies: SinkDependencies): Promise<Sink>
}

/** Checks that an object is a sink's kind, and keeps its types. */
export function sinkKind<Schema extends z.ZodObject>(kind: SinkKind<Schema>): SinkKind<Schema> {
  return kind
}
