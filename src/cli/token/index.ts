import { command, type CommandGroup } from '../command.ts'
import { storeOptions } from '../options.ts'
import { addTokenOptions, listTokensOptions } from './options.ts'

const add = command({
  name: 'add',
  description:
    'Make a token, and print it: it is shown this once, and only its hash is kept. Programs send it as `Authorization: Bearer TOKEN`, ' +
    'people sign in on the page with it.',
  arguments: [['<name>', 'whose it is, as records of what was done show it']],
  options: addTokenOptions,
  examples: [
    ['visor token add ada --role act', 'for a person who acknowledges alerts'],
    ['visor token add grafana --role read --expires 90d', 'for a program that reads']
  ],
  run: async ([name], options, context) => (await import('./run.ts')).addToken(name, options, context)
})

const list = command({
  name: 'list',
  description:
    'The tokens that there are: their roles, when they were used last, and until when they are good.',
  options: listTokensOptions,
  run: async (_, options, context) => (await import('./run.ts')).listTokens(options, Date.now(), context)
})

const revoke = command({
  name: 'revoke',
  description: 'End a token, and the sessions that were begun with it, at once.',
  arguments: [['<name>', 'the token']],
  options: storeOptions,
  run: async ([name], options, context) => (await import('./run.ts')).revokeToken(name, options, context)
})

/** `visor token`: who may come in over HTTP. */
export const tokenCommand: CommandGroup = {
  name: 'token',
  summary: 'let people and programs in: make, list and revoke tokens',
  description: 'Tokens for the page and its API (docs/access.md), whether a Visor runs on the store or not.',
  commands: [add, list, revoke]
}
