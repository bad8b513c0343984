import * as z from 'zod'

/** What a user can set for standard input: nothing. */
export const stdinOptions = z.strictObject({})
