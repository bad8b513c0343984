import { sparkKind } from '../../src/engines/spark/index.ts'
import { sparkOptions } from '../../src/engines/spark/options.ts'
import { fill } from '../markdown.ts'

/** docs/spark.md: when and how Spark counts, and the settings of the engine. */
export function sparkPage(): string {
  const { batch } = sparkOptions.shape
  return fill('spark.md', { example: sparkKind.example, options: sparkOptions, batch: batch.unwrap() })
}
