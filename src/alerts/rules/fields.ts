import * as z from 'zod'
import { fieldInfo, FIELDS } from '../../derived/index.ts'
import { nearest } from '../../core/suggest.ts'

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
  const near = nearest(name, [...FIELDS.map(field => field.name), ...COMMON])
  return `there is no field "${name}"${near === undefined ? '' : `; perhaps "${near}" is meant`}`
}
