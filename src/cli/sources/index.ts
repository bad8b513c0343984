import { command } from '../command.ts'
import { printJson, printLines } from '../context.ts'
import { flag, jsonOption, sourceOption, storeOptions } from '../options.ts'

/** `visor sources`: what became of all that there ever was of each file and partition. */
export const sourcesCommand = command({
  name: 'sources',
  summary: 'what was read, waits and is lost of each file and partition',
  description:
    'For each file, also under the names that rotation gave it, and each partition: what was there, what was read of it and is ' +
    'counted, what waits, and what is known to be lost and why. Asks the Visor that runs on the store, or opens the store itself; ' +
    'what waits is looked up where it stands. What is not known is shown as ?.',
  options: {
    source: { ...sourceOption, summary: 'only this source; may be given again' },
    all: flag('--all', 'also each file that was read to its end, however many there are'),
    json: jsonOption,
    ...storeOptions
  },
  examples: [
    ['visor sources', 'every file and partition'],
    ['visor sources --json', 'the same for a program']
  ],
  run: async (_, options, context) => {
    const { sourceAccounts, sourcesText } = await import('./run.ts')
    const sources = await sourceAccounts(options, context.env)
    if (options.json) return printJson(context, { sources })
    return printLines(context, sourcesText(sources, options.all ?? false))
  }
})
