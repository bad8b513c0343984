import type * as z from 'zod'
import type { Signal } from '../../core/signal.ts'
import type { Micros, Millis } from '../../core/time.ts'
import type { Query } from '../../query/index.ts'
import type { Health } from '../health.ts'
import type { Memory } from '../memory.ts'
import type { EvaluationResult, Severity } from '../model.ts'

/** A rule as it runs: the settings of all rules, and those of its kind. */
export interface Rule<Options = Readonly<Record<string, unknown>>> {
  readonly name: string
  readonly type: string
  /** For people, a few words: `Server errors`. */
  readonly title: string
  readonly severity: Severity
  /** Lines that it looks at. */
  readonly where: Query
  /** Fields whose values have an alert each. */
  readonly by: readonly string[]
  /** The length of event time that is evaluated. */
  readonly window: Millis
  /** How long it has to be bad before it fires; 0 fires at once. */
  readonly for: Millis
  /** How long it has to be good before it is resolved. */
  readonly keepFiringFor: Millis
  /** The fields among `by` whose values have notifications of their own; the other keys of a rule share theirs. */
  readonly groupBy: readonly string[]
  /** Receivers; all there are when absent. */
  readonly receivers?: readonly string[]
  /** After how long the first reminder comes; each further one after twice as long, up to a day. 0: none. */
  readonly repeatInterval: Millis
  /** Rules that suppress it while they fire for the same values of the labels that both have. */
  readonly inhibitedBy: readonly string[]
  /** Whether receivers are notified that it is resolved. */
  readonly sendResolved: boolean
  readonly options: Options
}

/** All that is known when a rule evaluates. */
export interface EvaluationContext {
  readonly memory: Memory
  readonly health: Health
}

/** One kind of rule, listed in index.ts. Pure. */
export interface RuleKind<Schema extends z.ZodObject = z.ZodObject> {
  /** Its `type` in the configuration. */
  readonly name: string
  readonly summary: string
  /** Its settings besides those of all rules. */
  readonly options: Schema
  /** A whole rule as a user writes it, name and all. */
  readonly example: Readonly<Record<string, unknown>>
  /** Settings of all rules whose usual default is none for this kind; durations as a user writes them. */
  readonly defaults?: {
    readonly window?: string
    readonly keepFiringFor?: string
    readonly sendResolved?: boolean
  }
  /** Settings of all rules that this kind does not have. */
  readonly without?: readonly string[]
  /** The fields of its keys, where those are not just the configured ones. */
  by?(configured: readonly string[], options: z.output<Schema>): readonly string[]
  /** The length of event time that is evaluated, where that is no setting. */
  window?(options: z.output<Schema>): Millis
  /**
   * What engines count for it. The keys of all are those of the rule, with a value behind them where they have one. The first
   * one has the lines that may make it bad: they are an alert's evidence, and their keys are to be evaluated.
   */
  signals(rule: Rule<z.output<Schema>>): readonly Signal<Query>[]
  /** Keys to be evaluated also when no line has come for them, besides those with an alert; as time goes by. */
  watched?(rule: Rule<z.output<Schema>>, known: EvaluationContext): Iterable<string>
  /**
   * Whether a key surely is not bad over the window that ends before `at`: quicker than evaluating it, for rules of many keys.
   */
  calm?(rule: Rule<z.output<Schema>>, memory: Memory, key: string, at: Micros): boolean
  /** Evaluates one key over the window that ends before `at` of event time. */
  evaluate(rule: Rule<z.output<Schema>>, known: EvaluationContext, key: string, at: Micros): EvaluationResult
}

/** Checks that an object is a rule's kind, and keeps its types. */
export function ruleKind<Schema extends z.ZodObject>(kind: RuleKind<Schema>): RuleKind<Schema> {
  return kind
}
