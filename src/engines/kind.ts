import type * as z from 'zod'
import type { DeliverySink } from '../core/delivery.ts'
import type { EngineStatus, SourceProblem, Progress, SourceState } from '../core/progress.ts'
import type { KnownStream } from '../core/source.ts'
import type { LineQuestions } from '../store/index.ts'
import type { EnginePlan } from '../counting/plan.ts'
import type { Clock, Millis } from '../core/time.ts'

/** One kind of engine: a folder here, and a line in index.ts. Every kind passes contract.ts. */
export interface EngineKind<Schema extends z.ZodObject = z.ZodObject> {
  /** Its `type` in the configuration. */
  readonly name: string
  readonly summary: string
  /** Options as a user writes them. */
  readonly example: z.input<Schema>
  /** Its settings, each with its description. Their values are plain data. */
  readonly options: Schema
  /** The options with each path on this machine made absolute. */
  withPaths?(options: z.output<Schema>, absolute: (path: string) => string): z.output<Schema>
  /**
   * Whether its deliveries have the lines themselves. Those of an engine that keeps none have the cells that alert rules
   * count instead.
   */
  keeps(options: z.output<Schema>): { readonly lines: boolean }
  /** Answers questions about lines where the engine keeps them in a place of its own; `undefined` where it does not. */
  archive?(options: z.output<Schema>, store: ArchiveStore): LineQuestions | undefined
  /** How long after a line was written its counts may come: no rule takes it for missing before. */
  delay(options: z.output<Schema>): Millis
  /**
   * Tries all that it needs before anything runs, one thing after the other; absent where it needs nothing. Ends with the first
   * that nothing can go on without.
   */
  check?(options: z.output<Schema>, plan: EnginePlan, signal: AbortSignal): AsyncIterable<EngineFinding>
  /**
   * Starts reading all sources of a plan. Each delivery goes to the sink, where there is one (nothing is stored
   * otherwise); what is read is given to `events` at once, without waiting for the sink.
   * @throws VisorError when it can never work as it is configured
   */
  start(
    options: z.output<Schema>,
    plan: EnginePlan,
    sink: DeliverySink | undefined,
    events: EngineEvents,
    dependencies: EngineDependencies
  ): Engine | Promise<Engine>
}

/** Something that an engine needs, for people. */
export interface EngineFinding {
  /** In a word: `connection`. */
  readonly what: string
  /** How it is; where it is a problem, what happened and what to do. */
  readonly text: string
  readonly problem?: true
}

/** Positions of an engine itself have this in place of a source. */
export const ENGINE_SOURCE = ''

/** The store that an archive of lines goes with. */
export interface ArchiveStore {
  readonly identity: string
  /** The engine's own positions, as they are committed now. */
  positions(): Promise<readonly KnownStream[]>
}

/** Checks that an object is a kind of engine, and keeps its types. */
export function engineKind<Schema extends z.ZodObject>(kind: EngineKind<Schema>): EngineKind<Schema> {
  return kind
}

/** The options of an engine of any kind, as its kind's schema has them, and which kind it is: plain data. */
export interface EngineOptions {
  readonly type: string
  readonly [setting: string]: unknown
}

/** How an engine reports what goes on, in the main thread. */
export interface EngineEvents {
  progress(progress: Progress): void
  state(state: SourceState): void
  problem(problem: SourceProblem): void
  /** How an engine that runs elsewhere stands: when that changes, and about once a second. */
  engine?(status: EngineStatus): void
  /** The engine cannot go on. */
  failed(error: Error): void
}

/** What an engine is started with besides its options and the plan. */
export interface EngineDependencies {
  readonly clock: Clock
  /** The same from one start to the next for whoever goes on with the same positions, and nobody else's. */
  readonly identity: string
  /** Where the engine itself had come to, as far as it has positions of its own: those of `ENGINE_SOURCE`. */
  readonly known?: readonly KnownStream[]
}

/** An engine at work. */
export interface Engine {
  /** Resolves when nothing is left to read: never while files are followed. */
  readonly ended: Promise<void>
  /**
   * Goes on with another plan. Sources that it does not end stay as they are, with their connections; what is counted for rules
   * changes between two steps of reading. Absent where an engine takes its plan at the start alone.
   * @throws VisorError where the next plan could not be had, or one of its sources can never work: the one before is gone on with
   */
  reload?(change: PlanChange): Promise<void>
  /** Ends reading, waits until all that was read is committed. */
  stop(): Promise<void>
}

/** How an engine that runs comes to another plan. */
export interface PlanChange {
  /** Sources that are ended first: those that go, and those whose settings change. */
  readonly ending: readonly string[]
  /** The plan to go on with. Called while nothing is read, and all that was read is committed. */
  readonly next: () => Promise<EnginePlan>
  /** The plan as it was, from where reading has come to; called likewise, where the next one cannot be gone on with. */
  readonly back: () => Promise<EnginePlan>
  /** Called when all sources of the next plan are open, and before any is read by it. */
  readonly begin: () => void
}
