import { command, type CommandGroup } from '../command.ts'
import { storeOptions } from '../options.ts'

const backup = command({
  name: 'backup',
  description:
    'Copy the store, with alerts, reports and mails, into a folder that is empty or not there yet; while Visor runs too, which goes on meanwhile. ' +
    'Lines, counts and positions in it are those of one moment.',
  arguments: [['<folder>', 'where to']],
  options: storeOptions,
  examples: [['visor store backup /backup/visor-monday', 'of the store of the configuration']],
  run: async ([folder], options, context) => (await import('./run.ts')).backUp(folder, options, context)
})

const restore = command({
  name: 'restore',
  description:
    'Put a backup in the place of the store, which no Visor may run on; what is there is kept under another name. The next `visor watch` reads on from ' +
    "the backup's positions: lines that came after it are counted as far as the logs still hold them, and none twice.",
  arguments: [['<folder>', 'what `visor store backup` has made']],
  options: storeOptions,
  run: async ([folder], options, context) =>
    (await import('./run.ts')).restoreBackup(folder, options, context)
})

const shrink = command({
  name: 'shrink',
  description:
    'Rewrite the store without the space that forgotten lines have left in it, and give that back to the disk; Visor does that by itself when more ' +
    'than half is free. Prints the size before and after. Takes as much room on the disk as the store then needs.',
  options: storeOptions,
  run: async (_, options, context) => (await import('./run.ts')).shrink(options, context)
})

/** `visor store`: copies of the store, and the room that it takes. */
export const storeCommand: CommandGroup = {
  name: 'store',
  summary: 'back up and restore the store, and give space back to the disk',
  description: 'Back up and restore the store, and give space back to the disk (docs/store.md).',
  commands: [backup, restore, shrink]
}
