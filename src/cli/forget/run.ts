import { createInterface } from 'node:readline/promises'
import { forgetIn, type ForgottenCounts } from '../../app/forget.ts'
import { VisorError } from '../../core/errors.ts'
import { counted, formatCount } from '../../core/units.ts'
import { openState } from '../../state/index.ts'
import { daemonOf, openOwn } from '../asking.ts'
import { printJson, printLines, type Context } from '../context.ts'
import type { StoreSelection } from '../options.ts'
import { storeFor } from '../settings.ts'

interface ForgetOptions extends StoreSelection {
  readonly yes?: true
  readonly json?: true
}

/** Says what would be forgotten, asks, and forgets it. @throws VisorError QUERY, USAGE where nobody can be asked */
export async function forgetLinesOf(what: string, options: ForgetOptions, context: Context): Promise<void> {
  const config = storeFor(options, context.env)
  const { path, retention } = config.store
  const ask = await daemonOf(path)
  if (ask) return asked(context, options, async isTrial => ask.send('forget', { what, isTrial }))
  const { store, close } = await openOwn(path, retention, config.engine)
  const state = openState(path)
  try {
    await asked(context, options, isTrial => forgetIn(path, { store, state }, what, isTrial))
  } finally {
    state.close()
    await close()
  }
}

async function asked(
  context: Context,
  { yes, json }: ForgetOptions,
  forget: (isTrial: boolean) => Promise<ForgottenCounts>
): Promise<void> {
  if (!yes) {
    const planned = await forget(true)
    if (Object.values(planned).every(count => count === 0))
      return printLines(context, ['There is nothing to forget.'])
    await printLines(context, linesOf('This would be forgotten:', planned))
    if (!(await isConfirmed(context))) return printLines(context, ['Nothing is changed.'])
  }
  const done = await forget(false)
  if (json) return printJson(context, done)
  await printLines(context, [...linesOf('Forgotten:', done), ...BEYOND])
}

function linesOf(head: string, { lines, keys, rejected, state, mails }: ForgottenCounts): string[] {
  return [
    head,
    `  ${counted(lines, 'line')}`,
    `  ${counted(keys, 'key')} of counts, which stay under no name`,
    `  ${counted(rejected, 'rejected line')}`,
    `  ${formatCount(state)} of alerts, their history, and reports, which tell it no more`,
    `  ${counted(mails, 'mail')} in mailboxes beside the store`
  ]
}

/** What no program can take back. */
const BEYOND = [
  'Not reached: mails and messages that were sent, the logs themselves, files that were written (--output, exports),',
  'backups, and archives of an engine on Spark. A log that is read again brings its lines back.'
]

async function isConfirmed({ stdout, signal }: Context): Promise<boolean> {
  if (!process.stdin.isTTY || !stdout.isTTY)
    throw new VisorError('USAGE', 'nobody can be asked here whether that is meant', {
      remedy: 'Say so with --yes.'
    })
  const reader = createInterface({ input: process.stdin, output: stdout })
  try {
    return /^y(?:es)?$/i.test((await reader.question('Forget it, for good? [y/N] ', { signal })).trim())
  } finally {
    reader.close()
  }
}
