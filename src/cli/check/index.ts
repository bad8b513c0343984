import { command } from '../command.ts'
import { print } from '../context.ts'
import { configOption } from '../options.ts'

/** `visor check`: the configuration tried, nothing started and nothing changed. */
export const checkCommand = command({
  name: 'check',
  summary: 'try the configuration and show what it would watch',
  description:
    'Read the configuration, open each file that it names, find out its format, and print what was found, the alert rules and the ' +
    'receivers too; of an engine elsewhere, all that it needs is tried. Settings of the first Visor (kafka_monitor.json) are printed in their new form. Nothing is started, changed ' +
    'or sent. Code 2 when the configuration is wrong, 1 when a file cannot be read, a receiver or the engine cannot work as it is configured, ' +
    'or the settings are of the first Visor.',
  options: { config: configOption },
  examples: [
    ['visor check', 'the configuration that visor watch would find'],
    ['visor check --config visor.yaml', 'this one']
  ],
  run: async (_, { config }, context) => {
    const { checkConfig } = await import('./run.ts')
    const { text, problems } = await checkConfig(config, context)
    await print(context.stdout, text)
    if (problems > 0) context.exitCode = 1
  }
})
