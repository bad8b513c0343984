import { createInterface } from 'node:readline/promises'
import { findConfig } from '../../config/find.ts'
import { VisorError } from '../../core/errors.ts'
import { print, type Context } from '../context.ts'
import { findLogs, runInit } from '../init/run.ts'

/**
 * Where nothing says what to watch, and the machine's web server does: offers on a terminal to write the configuration that
 * `visor init` writes. @throws VisorError USAGE where nobody can be asked, with what it would be
 */
export async function offerFound(context: Context): Promise<void> {
  const { found, closed } = findConfig(context.env)
  if (found !== undefined || closed !== undefined) return
  const logs = findLogsHere()
  if (!logs || logs.sources.length === 0) return
  if (!context.stdout.isTTY || !process.stdin.isTTY) {
    const paths = logs.sources.map(({ path }) => path).join(', ')
    throw new VisorError(
      'USAGE',
      'nothing to watch: no file or address is named, and there is no configuration',
      {
        remedy: `\`visor init\` writes one for your web server's logs (${paths}); then \`visor watch\` runs.`
      }
    )
  }
  await print(context.stdout, `There is no configuration yet. Your web server's says: ${logs.note}`)
  if (!(await agrees(context))) return
  const { text } = runInit({}, context.env)
  await print(context.stdout, text.replace(/ Next: .*/, ''))
}

/** What `visor init` finds in the usual places, if anything. */
function findLogsHere(): ReturnType<typeof findLogs> | undefined {
  try {
    return findLogs({})
  } catch (error) {
    if (error instanceof VisorError) return undefined
    throw error
  }
}

async function agrees({ signal }: Context): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return /^(?:y|yes|)$/i.test(
      (await terminal.question('Watch these from now on? [Y/n] ', { signal })).trim()
    )
  } finally {
    terminal.close()
  }
}
