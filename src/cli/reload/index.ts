import { command } from '../command.ts'
import { storeOptions } from '../options.ts'

/** `visor reload`: a Visor that runs takes its configuration anew. */
export const reloadCommand = command({
  name: 'reload',
  summary: 'have a running Visor take its configuration anew',
  description:
    'Have a running Visor take its configuration anew, all of it or nothing (docs/operations.md). Lines go on being read, each once; alerts stay as they are. ' +
    'One with a mistake, or with a change that needs a restart, is refused as a whole: it is said why, the code is not 0, and the one before goes on.',
  options: storeOptions,
  examples: [['visor reload', 'after a change of the configuration that `visor check` finds right']],
  run: async (_, options, context) => (await import('./run.ts')).reload(options, context)
})
