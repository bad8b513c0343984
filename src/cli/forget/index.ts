import { command } from '../command.ts'
import { flag, jsonOption, storeOptions } from '../options.ts'

/** `visor forget`: one person's lines. */
export const forgetCommand = command({
  name: 'forget',
  summary: 'delete the lines of an address, or those that a query finds',
  description:
    'Delete all lines in which an address stands, or those that a query finds (docs/query.md), with what they alone say: in lines, ' +
    'dictionaries, counts (which stay, under no name), cells of alert rules, rejected lines (of an address), alerts, reports and mailboxes. ' +
    'Says first how much that is, and asks. Works beside a running Visor too. What it cannot reach: mails that were sent, ' +
    'the logs themselves, files that were written, backups, archives.',
  arguments: [['<what>', 'an IP address, or a query in quotes']],
  options: { ...storeOptions, yes: flag('-y, --yes', 'do not ask'), json: jsonOption },
  examples: [
    ['visor forget 192.0.2.17', 'all that is known of an address'],
    ["visor forget 'user:kim' --yes", 'all lines of a user, without asking']
  ],
  run: async ([what], options, context) => (await import('./run.ts')).forgetLinesOf(what, options, context)
})
