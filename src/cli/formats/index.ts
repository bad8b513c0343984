import { command } from '../command.ts'
import { printJson, printLines, type Context } from '../context.ts'
import { flag } from '../options.ts'

/** `visor formats`: what `--format` knows by name. */
export const formatsCommand = command({
  name: 'formats',
  summary: 'list the formats that --format knows by name',
  description: 'List the formats that --format knows by name, with the LogFormat string behind each.',
  options: { json: flag('--json', 'print them as JSON, with the fields that each fills') },
  examples: [
    ['visor formats', 'names, kinds and strings; docs/formats.md describes every directive'],
    ["visor formats --json | jq '.[0].fields'", 'what the lines of a format contain']
  ],
  run: (_, { json = false }, context) => listFormats(json, context)
})

async function listFormats(json: boolean, context: Context): Promise<void> {
  const { presets } = await import('../../formats/index.ts')
  if (json) {
    const known = presets().map(({ name, kind, text, fields }) => ({ name, kind, text, fields }))
    return printJson(context, known)
  }
  const { textTable } = await import('../text-table.ts')
  return printLines(context, textTable(presets().map(({ name, kind, text }) => [name, kind, text])))
}
