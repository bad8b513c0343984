import * as z from 'zod'
import { VisorError } from '../../core/errors.ts'
import { didYouMean } from '../../core/suggest.ts'
import { fieldInfo, FIELDS } from '../../derived/index.ts'
import { parseQuery } from '../../query/index.ts'

/** Fields that lines have besides those of their format. */
const COMMON = ['source', 'kind']

/** A field of lines, derived ones included, by its name. */
export function fieldSetting(summary: string, type?: 'text' | 'number') {
  return z
    .string()
    .superRefine((name, context) => {
      if (!isField(name)) context.addIssue(unknown(name))
      else if (type !== undefined && (fieldInfo(name)?.type ?? 'text') !== type)
        context.addIssue(`expected a field with ${type === 'text' ? 'text' : 'numbers'}`)
    })
    .describe(summary)
}

/** One such field, or several. */
export function fieldsSetting(summary: string) {
  return z
    .union([z.string(), z.array(z.string())], 'expected a field or a list of fields')
    .transform(given => [given].flat())
    .superRefine((names, context) => {
      for (const name of names) if (!isField(name)) context.addIssue(unknown(name))
    })
    .describe(summary)
}

function isField(name: string): boolean {
  return COMMON.includes(name) || fieldInfo(name) !== undefined
}

function unknown(name: string): string {
  return `there is no field "${name}"${didYouMean(name, [...FIELDS.map(field => field.name), ...COMMON], '"')}`
}

/** A query as people write it; a wrong one is refused with a caret under the character. */
export const querySetting = z.string().transform((text, context) => {
  try {
    return parseQuery(text)
  } catch (error) {
    if (!(error instanceof VisorError)) throw error
    context.addIssue({ code: 'custom', message: error.message, input: text })
    return z.NEVER
  }
})
