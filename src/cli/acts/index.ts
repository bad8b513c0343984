import { command } from '../command.ts'
import { actsOptions } from './options.ts'

/** `visor acts`: the audit log. */
export const actsCommand = command({
  name: 'acts',
  summary: 'who did what: the audit log',
  description:
    'The audit log: who acknowledged and silenced, made and revoked tokens, signed in, had reports sent, backed up; from where, when, and ' +
    'what was refused. The newest come last. It is kept for a year (docs/access.md). `visor audit` is about lines: whether all were read.',
  options: actsOptions,
  examples: [
    ['visor acts --since 7d', 'of the last week'],
    ['visor acts --by ada --json', 'of one name, for a program']
  ],
  run: async (_, options, context) => (await import('./run.ts')).listActs(options, Date.now(), context)
})
