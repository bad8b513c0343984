import * as z from 'zod'
import { VisorError } from '../../core/errors.ts'
import { parseQuery } from '../../query/index.ts'

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
