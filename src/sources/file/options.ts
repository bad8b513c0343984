import * as z from 'zod'
import { durationSetting } from '../../settings/duration.ts'

/** One path or several. */
interface PathOptions {
  readonly path?: string | undefined
  readonly paths?: readonly string[] | undefined
}

const path = z.string('expected a path').min(1, 'expected a path')

/** What a user can set for a file source. */
export const fileOptions = z
  .strictObject({
    path: path
      .optional()
      .describe('One file or pattern, or - for standard input; relative to the folder of the configuration.'),
    paths: z
      .array(path)
      .min(1, 'expected at least one path')
      .optional()
      .describe('Files and patterns, e.g. /var/log/apache2/*access.log; ** crosses folders.'),
    from: z
      .enum(['beginning', 'end'])
      .default('beginning')
      .describe('Where the very first start begins to read. Files that appear later are always read whole.'),
    poll: durationSetting('10ms', '1m', 'How often a file in use is looked at.').prefault('100ms'),
    grace: durationSetting(
      '0s',
      '1d',
      'How long a file is still read, after it was rotated away and last grew.'
    ).prefault('1m')
  })
  .refine(
    ({ path, paths }) => (path === undefined) !== (paths === undefined),
    'expected either "path" or "paths"'
  )
  .refine(
    options => pathsOf(options).length === 1 || !pathsOf(options).includes('-'),
    'expected "-", which is standard input, on its own'
  )

export type FileOptions = z.output<typeof fileOptions>

/** The paths and patterns. */
export function pathsOf({ path, paths }: PathOptions): readonly string[] {
  return paths ?? (path === undefined ? [] : [path])
}
