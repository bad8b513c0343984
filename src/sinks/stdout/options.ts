import * as z from 'zod'

/** What a user can set for standard output: nothing. */
export const stdoutSinkOptions = z.strictObject({})
