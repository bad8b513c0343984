import { command } from '../command.ts'
import { flag, storeOptions } from '../options.ts'

/** `visor doctor`: store and state looked through, and what is damaged repaired. */
export const doctorCommand = command({
  name: 'doctor',
  summary: 'look through the store for damage, and save what can be saved',
  description:
    'Read all of the store and of the memory of alerts and reports, and say what is damaged; nothing is changed. With --repair a ' +
    'damaged file is kept under another name, and all of it that can be read takes its place: positions and counts of one moment, so ' +
    'that the next `visor watch` reads on from there and counts no line twice. Where positions cannot be read, it begins anew with what ' +
    'the logs still hold. No Visor may run on the store. Code 1 where something is damaged and was not repaired.',
  options: {
    ...storeOptions,
    repair: flag('--repair', 'put damaged files aside, and save what can be saved')
  },
  examples: [
    ['visor doctor', 'the store of the configuration'],
    ['visor doctor --store /var/lib/visor --repair', 'this one, and repair it']
  ],
  run: async (_, options, context) => {
    const { examine } = await import('./run.ts')
    await examine(options, context)
  }
})
