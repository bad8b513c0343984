import { z } from 'zod'

/** What a user can set for a file source. Times are in milliseconds. */
export const fileOptions = z.strictObject({
  paths: z
    .array(z.string().min(1))
    .min(1)
    .describe('Files and patterns, e.g. /var/log/apache2/*access.log; ** crosses folders.'),
  from: z
    .enum(['beginning', 'end'])
    .default('beginning')
    .describe('Where the very first start begins to read. Files that appear later are always read whole.'),
  poll: z.int().min(10).max(60_000).default(100).describe('How often a file in use is looked at.'),
  grace: z
    .int()
    .min(0)
    .max(86_400_000)
    .default(60_000)
    .describe('How long a file is still read, after it was rotated away and last grew.')
})

export type FileOptions = z.infer<typeof fileOptions>
