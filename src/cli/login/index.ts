import { VisorError } from '../../core/errors.ts'
import type { LoginLinks } from '../../server/access/once.ts'
import { command } from '../command.ts'
import { printLines, type Context } from '../context.ts'
import { storeOptions, type StoreSelection } from '../options.ts'

/** `visor login`: a link that signs a browser in. */
export const loginCommand = command({
  name: 'login',
  summary: 'print a link that signs a browser in to the page',
  description:
    'Ask the Visor that runs on the store for a link that signs one browser in to its page, as an admin, for twelve hours. It works once, within ' +
    'ten minutes. Whoever may use the socket of that Visor may do so, and needs no token.',
  options: storeOptions,
  examples: [
    [
      'visor login',
      'a link, to be opened in a browser of this machine or through `ssh -L 7070:127.0.0.1:7070`'
    ]
  ],
  run: async (_, options, context) => logIn(options, context)
})

async function logIn(options: StoreSelection, context: Context): Promise<void> {
  const [{ daemonOf }, { storeFor }] = await Promise.all([import('../asking.ts'), import('../settings.ts')])
  const { path } = storeFor(options, context.env).store
  const ask = await daemonOf(path)
  if (!ask)
    throw new VisorError('CONNECTION', `no Visor runs on ${path}`, {
      remedy: 'Start one with `visor watch`; `--store` names another folder.'
    })
  const { name, links }: LoginLinks = await ask('login', {})
  await printLines(context, links)
  context.stderr.write(`visor: open it within ten minutes; it signs one browser in as ${name}, an admin\n`)
}
