import * as z from 'zod'
import { sparkKind } from '../../src/engines/spark/index.ts'
import { sparkOptions } from '../../src/engines/spark/options.ts'
import { fill } from '../markdown.ts'

/** docs/spark.md: when and how Spark counts, and the settings of the engine. */
export function sparkPage(): string {
  const nested = Object.entries(sparkOptions.shape).flatMap(([name, setting]) => {
    const options = innermost(setting)
    return options instanceof z.ZodObject ? [{ name, options }] : []
  })
  return fill('spark.md', { example: sparkKind.example, options: sparkOptions, nested })
}

/** A setting without what makes it optional. */
function innermost(setting: z.core.$ZodType): z.core.$ZodType {
  return setting instanceof z.ZodOptional ||
    setting instanceof z.ZodDefault ||
    setting instanceof z.ZodPrefault
    ? innermost(setting.unwrap())
    : setting
}
