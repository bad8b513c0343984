import { command } from '../command.ts'
import { printJson, printLines } from '../context.ts'
import { integer, jsonOption, sourceOption, storeOptions, valueOption, withDefault } from '../options.ts'

/** `visor audit`: logs and the store, line by line. */
export const auditCommand = command({
  name: 'audit',
  summary: 'compare logs with the store, line by line',
  description:
    'Read logs with their rotated and compressed pieces, and the stored lines of that time, and say which lines of the logs are not ' +
    'in the store, and which the store has more often than the logs. Lines that cannot be there are told apart: those that wait ' +
    'to be read, are older than the store keeps, were rejected, or stood there before the first start. Works beside a running ' +
    'Visor and without one. Code 1 where a line is missing or double, or a piece was never read.',
  arguments: [['[file...]', 'logs by their present names; all files of all sources when none is given']],
  options: {
    source: { ...sourceOption, summary: 'the source whose logs these are, where that is not clear' },
    sample: withDefault(
      valueOption('-n, --sample <count>', 'so many of the lines are shown (default: 10)', integer(0, 1000)),
      10
    ),
    json: jsonOption,
    ...storeOptions
  },
  examples: [
    ['visor audit /var/log/apache2/access.log', 'this log, access.log.1, access.log.2.gz and so on'],
    ['visor audit --json', 'all logs of the configuration, for a program']
  ],
  run: async ([files], options, context) => {
    const [{ auditLogs }, { auditText }] = await Promise.all([import('./run.ts'), import('./text.ts')])
    const audits = await auditLogs(files, options, context)
    if (audits.some(({ whole }) => !whole)) context.exitCode = 1
    if (options.json) return printJson(context, { sources: audits })
    return printLines(context, audits.flatMap(auditText))
  }
})
